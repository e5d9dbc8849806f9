// What a step sends: compose() fills its templates, compose_request() adds what depends on the target. A message is kept, so that
// `repeat` sends the same bytes; the credential is new for each sending.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/target/credential.h"
#include "conformance/target/target.h"
#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

class Routers;

struct SentCall {
  CallStep step;                         // with the expectation for its element
  const Operation* operation = nullptr;  // null: a method name that the contract may not have
  Json element;                          // the whole call as it is sent

  bool is_answered() const { return operation == nullptr || !operation->answers_nothing; }
};

struct Message {
  const Contract* contract = nullptr;
  const Operation* operation = nullptr;  // null: the step names its own method and path, or it is a batch
  const Operation* reached = nullptr;    // `operation`, or the one of method and path. Null: none, or several in a batch
  std::string method;
  std::string path;          // with the query, below the API's base
  Headers headers;           // without a credential
  std::optional<Json> json;  // of a JSON body
  std::string body;
  std::vector<SentCall> calls;  // of a batch; its body is rendered when the credential is known
  bool is_batch = false;
  bool as_is = false;    // framing headers were set or removed by the step
  bool no_host = false;  // as_is, without a Host header

  std::string operation_name() const { return operation != nullptr ? operation->name : std::string(); }
};
using Messages = std::map<std::string, Message>;  // by the name of their step

struct MessageContext {
  const Contracts& contracts;
  const Routers& routers;
  const ScenarioFile& file;
  const Variables& variables;
};

// The names in path, query, headers and body, in order.
std::vector<std::string> names_in(const Sending& sending);
// Whether any template of the step uses the name.
bool uses_name(const Step& step, std::string_view name);
// Whether the step sets or removes headers that frame a request, so that it must be sent byte by byte.
bool is_framed_by_hand(const Sending& sending);

// `earlier`: what a `repeat` may send again. Fails where a name has no value, a path parameter is missing, a body file does not exist or
// the step to repeat was not sent.
Result<Message> compose(const Step& step, const MessageContext& context, const Messages& earlier = {});

// How a message carries its credential. None: the operation needs none, or the step wrote the header itself.
enum class CredentialForm { none, header, batch_call };
CredentialForm find_credential_form(const Message& message, const Auth& auth);

// The request as it is sent; --plan shows the same. `tenant`: of the run, on a target that can arrange.
Request compose_request(const Message& message, const Auth& auth, const Credential& credential, const Target& target,
                        const std::string& tenant);
// Adds the target's headers that the request does not have yet.
void add_target_headers(const Target& target, Headers& headers);

}  // namespace understudy
