// Any bytes are the body of a batch: the answer is JSON, has no more elements than the batch has calls, is the same each time, and keeps
// the contract.
#include <algorithm>

#include "contracts/src/load/load.h"
#include "mock/mock.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

constexpr std::size_t kMostCalls = 20;

Contracts load_all() {
  const auto files = load_folder(UNDERSTUDY_SOURCE_DIR "/contracts", "contracts");
  require(files.has_value(), "the contracts are there");
  auto parsed = parse_contracts(*files);
  require(parsed.has_value(), "the contracts load");
  return *std::move(parsed);
}

Response answer(Mock& mock, std::string_view body) {
  require(mock.stage("demo", {{"clock", "2026-03-02T09:00:00Z"}}).has_value(), "a tenant can be staged");
  return mock.handle({.method = "POST", .target = "/", .headers = {{"Content-Type", "application/json"}}, .body = std::string(body)})
      .response;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Mock mock(load_all(), {.only_api = "sellercenter", .check_all_answers = true, .batch_calls = kMostCalls});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto response = answer(mock, text);
  require(response.status >= 200 && response.status < 600, "a batch is answered");
  const auto elements = parse_json(response.body);
  const auto calls = parse_json(text);
  require(response.body.empty() || elements.has_value(), "an answer is JSON");
  if (calls && calls->is_array() && elements && elements->is_array())
    require(elements->size() <= std::min(std::max<std::size_t>(calls->size(), 1), kMostCalls), "no call is answered twice");
  const auto again = answer(mock, text);
  require(again.status == response.status && again.body == response.body, "the same batch gets the same answer");
  const auto findings = mock.own_findings();
  if (!findings.empty()) std::fprintf(stderr, "%s\n", render_json_pretty(findings).c_str());
  require(findings.empty(), "the mock keeps its contract");
  return 0;
}
