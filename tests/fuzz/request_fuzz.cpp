// A request is read the same whether its bytes come at once or one by one, and never beyond its limits.
#include "mock/wire/request.h"

#include <algorithm>

#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

using State = RequestParser::State;

struct Outcome {
  State state = State::head;
  Request request;
  int status = 0;
  std::size_t used = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t step) {
  RequestParser parser({.head = 300, .body = 200});
  Outcome outcome;
  for (std::size_t end = 0; end < bytes.size() && parser.state() != State::complete && parser.state() != State::refused;) {
    end = std::min(end + step, bytes.size());
    outcome.used += parser.parse(bytes.substr(outcome.used, end - outcome.used));
    require(outcome.used <= end, "no more is used than there is");
  }
  outcome.state = parser.state();
  if (outcome.state == State::refused) {
    outcome.status = parser.refusal().status;
    outcome.used = 0;  // after a refusal, the number of used bytes is not defined
  }
  if (outcome.state == State::complete) {
    outcome.request = parser.request();
    require(outcome.request.body.size() <= 200, "a body has a limit");
  }
  if (outcome.state == State::head || outcome.state == State::body) outcome.used = 0;  // still waiting: how far it got is its own business
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto at_once = read(bytes, size);
  require(read(bytes, 1) == at_once, "how bytes come makes no difference");
  require(read(bytes, 7) == at_once, "how bytes come makes no difference");
  return 0;
}
