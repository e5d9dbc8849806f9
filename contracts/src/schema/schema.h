// JSON Schema (draft-07): compiles the schemas of one document and finds how a value differs from one of them. Only enforced keywords
// are accepted (docs/schemas.md); any other is an error with its place when the schema is compiled.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"
#include "contracts/src/schema/shared_json.h"

namespace understudy {

struct SchemaError {
  std::string pointer;  // of the offending keyword in the document
  std::string message;  // one sentence, no trailing full stop
  // unknown-keyword, unsupported-keyword ($id, anchors: what resolves outside one document), bad-keyword-value, bad-pattern,
  // unknown-format, ref-sibling, dangling-ref, remote-ref, ref-cycle, too-deep, unknown-pointer
  std::string code;
};

// Draft-07 itself ignores both; the official test suite relies on it, contracts must not.
struct SchemaOptions {
  bool allow_ref_siblings = false;
  bool allow_unknown = false;   // keywords and formats
  std::size_t max_depth = 200;  // of schemas inside schemas, through $ref too
};

// One instance is shared by all threads, which see no change. Keeps nothing of the document it was compiled from, unless it compiles later.
class SchemaSet {
 public:
  SchemaSet(SchemaSet&& other) noexcept;
  SchemaSet& operator=(SchemaSet&& other) noexcept;
  ~SchemaSet();

  // Compiles the schemas at these JSON Pointers of `document` ("" is the document itself) and whatever they refer to.
  // `$ref` is local: `#/...`, resolved inside `document`.
  static tl::expected<SchemaSet, SchemaError> compile(const Json& document, const std::vector<std::string>& pointers,
                                                      SchemaOptions options = {});
  // The same of a document in which compile() finds no mistake: each schema is compiled when a value is checked by it for the first time.
  static SchemaSet compile_later(SharedJson document, const std::vector<std::string>& pointers, SchemaOptions options = {});

  bool contains(std::string_view pointer) const;  // whether it was given to compile()

  // All differences between value and schema; empty: valid. In the order of the value, depth first: at each place its own
  // keywords, then missing members, then members by name. `code` is the keyword, `schema_pointer` its place in the
  // document. Code `undecided`: a regular expression hit its limits, or the value is no JSON text (nested too deep, bad UTF-8).
  // `pointer` must have been compiled.
  Findings check(std::string_view pointer, const Json& value, std::size_t limit = 100) const;

  // check(pointer, value).empty(), without building findings.
  bool accepts(std::string_view pointer, const Json& value) const;

  // The findings of our own walk, without the library's verdict. check() explains invalid values with it; tests prove that both
  // agree.
  Findings explain(std::string_view pointer, const Json& value, std::size_t limit = 100) const;

 private:
  struct Compiled;
  explicit SchemaSet(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace understudy
