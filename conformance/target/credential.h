// How a step authenticates: bearer tokens (kept, and renewed before they expire), keys, credentials inside a batch. The runner does not log
// in again because of a 401: that would hide how the server under test treats tokens.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "conformance/target/target.h"
#include "conformance/target/transport.h"
#include "contracts/src/model/check.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

// What a credential adds to a request.
struct Credential {
  Headers headers;
  std::optional<Json> call;  // the first call of a batch
};

// The server under test refused a login that it should have accepted.
struct WrongLogin {
  Finding finding;
  Request request;
  TransportResult result;
};
using LoginFailure = std::variant<Problem, WrongLogin>;

struct Token {
  std::string value;
  std::optional<Time> ends;  // by the scenario's clock; absent: the server named no lifetime
};

// The tokens of one run. Runs do not share tokens, so that a scenario that expires its tokens affects no other one.
class Logins {
 public:
  // Sends a login to the base URL of the API; fails if the target is unreachable.
  using Send = std::function<Result<TransportResult>(const Contract& contract, const Request& request)>;

  // The account of the runner at an API.
  using FindAccount = std::function<Account(std::string_view api)>;

  Logins(FindAccount account, Send send) : account_(std::move(account)), send_(std::move(send)) {}

  // The current token if it is valid for another second, else a new one.
  tl::expected<Token, LoginFailure> token(const Contract& contract, const Switches& switches, Time now);
  // Always a new token.
  tl::expected<Token, LoginFailure> log_in(const Contract& contract, const Switches& switches, Time now);
  void forget() { tokens_.clear(); }

  Account account(std::string_view api) const { return account_(api); }

 private:
  FindAccount account_;
  Send send_;
  std::map<std::string, Token> tokens_;  // by API
};

// The header that carries a credential in this scheme: `bearer`, a header's name, or "" for the contract's own.
Header credential_header(const Contract& contract, std::string_view scheme, const std::string& value);
Json credential_call(const Batch& batch, const std::string& username, const std::string& password);

inline constexpr const char* kGarbageToken = "bmV2ZXI.aXNzdWVk.YnlhbnlvbmU";  // three parts, never issued

}  // namespace understudy
