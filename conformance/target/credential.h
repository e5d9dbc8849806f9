// Owns how a step presents itself: logins with tokens kept and renewed before they end, keys, credentials inside a batch.
// A login is never repeated because of a 401: that would hide what the server under test does with tokens.
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
  std::optional<Json> call;  // in front of a batch
};

// The server under test refused a login that it should have granted.
struct WrongLogin {
  Finding finding;
  Request request;
  TransportResult result;
};
using LoginFailure = std::variant<Problem, WrongLogin>;

struct Token {
  std::string value;
  std::optional<Time> ends;  // of the scenario's clock; absent: it never said
};

// The tokens of one run; not shared between runs, so that one scenario's expiry is not another's.
class Logins {
 public:
  // Sends a login to where the contract's API lies; fails if nothing is there.
  using Send = std::function<Result<TransportResult>(const Contract& contract, const Request& request)>;

  // Who the runner is at an API.
  using FindAccount = std::function<Account(std::string_view api)>;

  Logins(FindAccount account, Send send) : account_(std::move(account)), send_(std::move(send)) {}

  // The token to use now: the one at hand if it lives longer than a moment, else a new one.
  tl::expected<Token, LoginFailure> token(const Contract& contract, const Switches& switches, Time now);
  // A new one in any case.
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
