// Loads contracts/<api>/{openapi,rules,answers,collections}.yaml into a Contract. Everything that is not implemented (unknown
// members, words, keywords, dangling references) is an error with file:line:column.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/problem.h"
#include "contracts/src/guess/guess.h"
#include "contracts/src/load/bundle.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/openapi/openapi.h"

namespace understudy {

// The files of one API by their plain names: openapi.yaml, rules.yaml, answers.yaml, collections.yaml (the last may be missing).
struct ContractFiles {
  std::string api;
  std::string folder;  // for messages: contracts/veeqo
  std::map<std::string, std::string> texts;
};

Result<Contract> parse_contract(const ContractFiles& files);

// An OpenAPI file as it is in the wild: its contract, guessed, and how it was read.
struct ApiContract {
  std::shared_ptr<const Contract> contract;
  ApiFile file;
  Guess guess;
};
// `read`: for the files that it refers to. `name`: of the API; empty: as its file is called. On failure all problems of the file.
tl::expected<ApiContract, std::vector<Problem>> parse_api(const std::string& path, const std::string& text,
                                                          const TextReader& read = load_text, const std::string& name = {});

// A set of files, path relative to a root -> text; the bundle or a folder read into memory.
using FileSet = std::map<std::string, std::string, std::less<>>;
bool is_contract_file(std::string_view path);  // by its extension, in any case: .yaml, .yml, .json or .txt
Result<FileSet> load_folder(const std::string& folder, std::string_view prefix);  // the contract files below it, as prefix/relative

// Every folder <api> of the set below `root` that holds an openapi.yaml. Later sets replace APIs of earlier ones.
Result<Contracts> parse_contracts(const FileSet& files, std::string_view root = "contracts");

// The embedded files (bundle.h) as such a set.
FileSet make_file_set(std::span<const BundledFile> files);
// The contracts of a set and of the folder (empty: none); an API of the folder replaces that API of the set completely.
Result<Contracts> load_contracts(const FileSet& files, const std::string& folder);
// The same of the embedded files. They are read in their packed form, in which the build found nothing wrong, so that they are not checked.
Result<Contracts> load_contracts(std::span<const BundledFile> files, const std::string& folder = {});

}  // namespace understudy
