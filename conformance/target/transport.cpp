#include "conformance/target/transport.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy {
namespace {

constexpr std::size_t kMostValues = 2'000'000;
constexpr std::size_t kMostMemory = 180'000'000, kFreeMemory = 64'000'000, kProgramMemory = 16'000'000;  // bytes
constexpr std::size_t kMostTimes = 12;

JsonLimits limits_of(std::size_t body, std::size_t answer_limit) {
  if (answer_limit > kAnswerLimit) {
    const double times = static_cast<double>(answer_limit) / kAnswerLimit;
    return {.values = static_cast<std::size_t>(kMostValues * times), .memory = static_cast<std::size_t>(kMostMemory * times)};
  }
  const auto proportional = std::max((kMostTimes - 1) * body, kProgramMemory) - kProgramMemory;
  return {.values = kMostValues, .memory = std::clamp(proportional, kFreeMemory, kMostMemory)};
}

}  // namespace

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

ParsedJson parse_body(const std::string& body, std::size_t answer_limit, std::vector<std::string>* duplicates) {
  return parse_json(body, duplicates, limits_of(body.size(), answer_limit));
}

ParsedJson parse_body(const std::string& body) { return parse_body(body, std::max(kAnswerLimit, body.size())); }

}  // namespace understudy
