// Owns what a step sends once its templates are filled: the rendered parts are kept, so that `repeat` sends the same bytes.
// A credential is put on it last, anew for each sending (credential.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

struct SentCall {
  CallStep step;                         // whose expectation judges its element
  const Operation* operation = nullptr;  // null: a method's name that the contract may not have
  Json element;                          // the whole call as it goes out
};

struct Message {
  const Contract* contract = nullptr;
  const Operation* operation = nullptr;  // null: the step says its own method and path, or it is a batch
  std::string method;
  std::string path;          // with the query, below the API's base
  Headers headers;           // without a credential
  std::optional<Json> json;  // of a JSON body
  std::string body;
  std::vector<SentCall> calls;  // of a batch; its body is written when the credential is known
  bool is_batch = false;
  bool as_is = false;    // framing headers were set or removed by hand
  bool no_host = false;  // as_is, without even a Host

  bool is_secured() const { return operation == nullptr || operation->secured; }
};

struct MessageContext {
  const Contracts& contracts;
  const ScenarioFile& file;
  const Variables& variables;
};

// Whether the step sets or removes headers that frame a request, so that it must go out byte by byte.
bool is_framed_by_hand(const Sending& sending);

// Fails where a name has no value, a path parameter is missing or a body file is not there.
Result<Message> compose(const Step& step, const MessageContext& context);
// The same bytes again; with `change` the body is changed (in a batch: the list of calls, the credential not counted).
Result<Message> recompose(const Message& earlier, const Step& repeat, const MessageContext& context);
// The body of a batch: its calls, with the credential's call in its position if there is one.
std::string render_calls(const Message& message, const std::optional<Json>& credential);

}  // namespace understudy
