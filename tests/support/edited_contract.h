// A toy contract with one edit, for tests of what the loader refuses.
#pragma once

#include <string>
#include <string_view>

#include "contracts/src/load/load.h"
#include "tests/support/catch.h"

namespace understudy::test {

struct ContractEdit {
  const char* why;
  const char* file;
  const char* from;
  const char* to;
  const char* code;  // of the problem that the loader reports, and a part of its message
  const char* says;
};

// The contract of tests/data/toy with the first `from` of a file replaced.
inline ContractFiles edit_toy_contract(const std::string& api, const ContractEdit& edit) {
  const auto files = load_folder(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy/contracts/" + api, api);
  REQUIRE(files);
  ContractFiles edited{.api = api, .folder = "contracts/" + api};
  for (const auto& [path, text] : *files) edited.texts[path.substr(api.size() + 1)] = text;
  std::string& text = edited.texts.at(edit.file);
  const auto at = text.find(edit.from);
  REQUIRE(at != std::string::npos);
  text.replace(at, std::string_view(edit.from).size(), edit.to);
  return edited;
}

}  // namespace understudy::test
