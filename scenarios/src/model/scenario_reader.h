// Typed reading of a scenario document, member by member. The first mistake is kept with its place and later ones are ignored, so that
// callers need no check after each read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/yaml/reader.h"

namespace understudy {

class ScenarioReader : public Reader {
 public:
  explicit ScenarioReader(const YamlDocument& document) : Reader(document, problem_) {}
  ScenarioReader(const ScenarioReader&) = delete;
  ScenarioReader& operator=(const ScenarioReader&) = delete;

  const std::optional<Problem>& problem() const { return problem_; }
  void fail_value(std::string_view pointer, std::string_view expected);  // found X, expected Y

  using Reader::find;
  const Json* find(std::string_view parent, std::string_view key) const { return find(join_pointer(parent, key)); }

  // Whether the value is a mapping with no other keys than these; if not, that is the problem.
  bool keys(std::string_view pointer, const std::vector<std::string>& known, std::string_view meaning);
  void need(std::string_view pointer, std::string_view key, std::string_view meaning);

  // Each reads a member that may be absent; a value of another type is a problem.
  std::string text(std::string_view parent, std::string_view key, std::string_view meaning);
  std::string word(std::string_view parent, std::string_view key, const std::vector<std::string>& words);
  std::optional<Milliseconds> duration(std::string_view parent, std::string_view key);
  Json mapping(std::string_view parent, std::string_view key, std::string_view meaning);
  // The pointers of a list's elements.
  std::vector<std::string> elements(std::string_view parent, std::string_view key, std::string_view meaning);

 private:
  std::optional<Problem> problem_;
};

}  // namespace understudy
