// Owns the state of one exchange on its way through the engine; only mock/*.cpp of the engine include it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contracts/src/model/check.h"
#include "contracts/src/model/router.h"
#include "mock/delivery.h"
#include "mock/engine/deviation.h"
#include "mock/state/faults.h"
#include "mock/state/tenant.h"
#include "mock/vendors/module.h"

namespace understudy {

// A body as decoded by its content type: a value, or what was wrong with it. Decoding never answers.
struct Decoded {
  enum class State { none, ready, media_type, unreadable } state = State::none;
  Json value;
  std::string message;  // of unreadable: a sentence with the place
};
Decoded decode_body(const Operation& operation, const Request& request);
// The calls of a batch: ready holds a list that is not empty, a bare call being a list of one.
Decoded decode_batch(const Request& request);

// Who calls, before anything is judged: the credential of an exchange, read from where this contract carries it.
struct Presented {
  std::string username, password;  // in a token request or a batch
  std::string token, key;
};
// `body`: bound, or the list of a batch's calls; null if there is none to read.
Presented read_credentials(const Contract& contract, const Operation* operation, const Request& request, const Json* body);

// What can be read of an exchange before its tenant is known, and outside the tenant's lock.
struct Incoming {
  Decoded decoded;  // of a batch with its value; that of an operation has gone into `bound`
  Bound bound;
  Presented presented;
};
Incoming read_incoming(const Route& route, const Request& request);

// Why a call was refused: the answer and, for its templates, what was found.
struct Rejection {
  std::string answer;
  Findings findings;  // may be empty; the first one words the answer
  std::string rule;   // for the journal: id of row or implicit row, or the stage
  Place place;
};

// What one Operation came to.
struct Reply {
  std::string answer;
  Json context;  // for the answer's templates
};

// Everything known while an exchange is walked through; lives on the stack of Mock::handle under its tenant's lock.
struct Exchange {
  const Request& request;
  const Contract& contract;
  Incoming& incoming;
  Tenant& tenant;
  ApiState& state;
  std::map<std::string, std::string> path;
  std::string allow;            // methods of the path, for 405
  const Json* bound = nullptr;  // the bound body or item, for templates that name the request
  Json query = Json::object();
  JournalEntry entry;
  Misconduct* misconduct = nullptr;  // what the engine does wrong on purpose; null: nothing

  Exchange(const Request& the_request, const Contract& the_contract, Incoming& the_incoming, Tenant& the_tenant, ApiState& the_state)
      : request(the_request), contract(the_contract), incoming(the_incoming), tenant(the_tenant), state(the_state) {}

  // The context that every template may name, with `own` on top; only the names in `wanted` are built.
  Json context_for(const ResponseVariant& variant, Json own) const;
};

// --- the two kinds of walk (walk.cpp, batch.cpp) ----------------------------------------------------------------------
Delivery walk_operation(Exchange& exchange, const Operation& operation);
Delivery walk_batch(Exchange& exchange);

// --- faults on the way (strike.cpp) -----------------------------------------------------------------------------------
// The faults that strike one Operation, applied phase by phase.
class Strikes {
 public:
  Strikes(Exchange& exchange, const Operation& operation, const Json& body);
  // Applies the faults of the phase; true: the walk stops here and `delivery` is what goes out.
  bool stop_at(FaultSpec::Phase phase, Delivery& delivery, std::size_t items_done = 0);
  // What only changes how the final answer is delivered.
  void decorate(Delivery& delivery) const;
  // In a batch: the answer of scope call or item that a fault of this phase puts in place of the real one.
  const ResponseDefinition* answer_instead(FaultSpec::Phase phase);

 private:
  void expire_tokens() const;

  Exchange* exchange_;
  const Operation* operation_;
  std::vector<ArmedFault*> striking_;
  std::vector<FaultSpec> decorations_;
};

// --- performing (perform.cpp) -----------------------------------------------------------------------------------------
// Does what the operation says, by its module's handler or the generic verb. Reads and writes through `transaction` only.
struct Performed {
  std::optional<Rejection> refusal;
  Reply reply;
};
Performed perform(Exchange& exchange, const Operation& operation, const Json& body, const Json& arguments, const Json& query,
                  Transaction& transaction);

// Performs and commits once more what was just kept; its answer is nobody's.
void perform_again(Exchange& exchange, const Operation& operation, const Json& body, const Json& arguments);

// Query parameters by their documented names, typed by their schemas; findings where a value cannot be read.
struct BoundQuery {
  Json values = Json::object();
  Findings findings;
};
BoundQuery bind_query(const Contract& contract, const Operation& operation, std::string_view target);

// --- throttling (walk.cpp) ----------------------------------------------------------------------------------------------
// Counts the exchange against the limit of its credential; the refusal if it is one too many.
std::optional<Rejection> throttle(Exchange& exchange, const Refusals& refusals);

// --- judging (walk.cpp) -------------------------------------------------------------------------------------------------
// The first broken row; `asked_ids` gets the rows that were asked and held.
std::optional<Rejection> check_rows(Exchange& exchange, const Operation& operation, Json& body, const Transaction& transaction,
                                    std::vector<std::string>& asked_ids);

// --- answering (answer.cpp) ---------------------------------------------------------------------------------------------
Json refusal_context(const Contract& contract, const Rejection& refusal);
// The response of an exchange-scope answer; the element of a call- or item-scope one.
Response render_exchange(Exchange& exchange, const std::string& answer, Json context);
Json render_element(Exchange& exchange, const Operation* operation, const std::string& answer, Json context);
// A refused exchange: the answer, and its line in the journal.
Response refuse(Exchange& exchange, const Operation* operation, const Rejection& refusal);
std::string place_text(const Place& place);  // file:line

}  // namespace understudy
