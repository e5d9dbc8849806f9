#include "contracts/src/guess/guesser.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {

std::string braced(std::string_view first, std::string_view name) {
  const bool plain = name.find_first_of(".[") == std::string_view::npos;
  return plain ? fmt::format("{{{{{}.{}}}}}", first, name) : fmt::format("{{{{{}.[{}]}}}}", first, name);
}

Json schema_reference(const std::string& pointer) {
  std::string escaped;
  for (const char c : pointer) escaped += c == '%' ? std::string("%25") : std::string(1, c);
  return {{"$ref", "#" + escaped}};
}

Json wrap(const std::vector<std::string>& path, Json value) {
  for (auto name = path.rbegin(); name != path.rend(); ++name) value = Json{{*name, std::move(value)}};
  return value;
}

Guess Guesser::run() {
  token_operation_ = add_token_operations(shape_);
  operations_ = read_operations(shape_);
  resources_ = find_resources(shape_, operations_);
  const Json defaults = {{"source", shape_.value("x-source", "openapi.yaml")}, {"evidence", "assumed"}};
  guess_.rules = {{"defaults", defaults}, {"operations", Json::object()}, {"refusals", Json::object()}};
  guess_.answers = {{"defaults", defaults}, {"answers", Json::object()}};
  guess_.collections = {{"collections", Json::object()}, {"sequences", Json::object()}};
  add_credentials();
  guess_.rules["refusals"] = plain_refusals();
  guess_.rules["defaults"]["refuse"] = "refusal_409";
  for (std::size_t i = 0; i < resources_.size(); ++i) add_collection(i);
  for (const ApiOperation& one : operations_) add_operation(one);
  summarise();
  return std::move(guess_);
}

void Guesser::add_credentials() {
  std::vector<std::string> words;
  Json credentials = guess_credentials(shape_, token_operation_, words);
  const bool is_used = !words.empty() && std::ranges::any_of(operations_, [](const ApiOperation& one) { return one.secured; });
  guess_.rules["credentials"] = is_used ? std::move(credentials) : Json{{"kind", "none"}};
  guess_.summary.push_back(
      is_used ? fmt::format("security: {}; any credential is accepted, a request without one is refused", fmt::join(words, ", "))
              : "security: none");
}

void Guesser::summarise() {
  std::map<std::string, int> by_method;
  std::size_t answering = 0;
  for (const ApiOperation& one : operations_) {
    ++by_method[one.method];
    answering += one.perform.empty() ? 1 : 0;
  }
  std::vector<std::string> counts;
  for (const auto& [method, count] : by_method) counts.push_back(fmt::format("{} {}", method, count));
  guess_.summary.insert(guess_.summary.begin(), fmt::format("operations: {} ({}); {} of them keep no records", operations_.size(),
                                                            fmt::join(counts, ", "), answering));
  for (std::size_t index = 0; index < resources_.size(); ++index) {
    std::set<std::string> verbs;
    for (const ApiOperation& one : operations_) {
      if (!one.perform.empty() && one.resource == index) verbs.insert(one.perform.substr(0, one.perform.find('_')));
    }
    guess_.summary.push_back(fmt::format("collection {}: {}", resources_[index].name, fmt::join(verbs, " ")));
  }
}

Guess guess_contract(Json& shape) { return Guesser(shape).run(); }

}  // namespace understudy
