#include "conformance/target/transport.h"

#include <fmt/format.h>

namespace understudy {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::answered: return "answered";
    case Outcome::reset: return "reset";
    case Outcome::close: return "close";
    case Outcome::truncated: return "truncated";
    case Outcome::timeout: return "timeout";
    case Outcome::malformed: return "malformed";
    case Outcome::too_large: return "too-large";
    case Outcome::unreachable: return "unreachable";
  }
  return "";
}

std::string describe_answer_limit(std::size_t limit) {
  const bool is_whole = limit >= 1u << 20 && limit % (1u << 20) == 0;
  return is_whole ? fmt::format("the body is larger than {} MiB, the limit (--answer-limit)", limit >> 20)
                  : fmt::format("the body is larger than {} bytes, the limit (--answer-limit)", limit);
}

bool is_success(const TransportResult& result) { return result.outcome == Outcome::answered && result.response.status / 100 == 2; }

bool is_gone(const TransportResult& result) {
  const int status = result.response.status;
  return is_success(result) || (result.outcome == Outcome::answered && (status == 404 || status == 410));
}

}  // namespace understudy
