// Decides with valijson whether a value fits a schema. The library combines schemas and walks values; keywords that it implements
// wrongly (values.h) and patternProperties are custom keywords of ours.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"

namespace understudy {

// Immutable; judge() may be called from any thread.
class SchemaJudge {
 public:
  // `schemas` must outlive the judge and stay where it is. An error is a bug of ours: mistakes in documents were found
  // before.
  static tl::expected<SchemaJudge, std::string> make(const SchemaNodes& schemas);
  SchemaJudge(SchemaJudge&& other) noexcept;
  SchemaJudge& operator=(SchemaJudge&& other) noexcept;
  ~SchemaJudge();

  // The value must be valid UTF-8 throughout and no deeper than kMaxJsonDepth. Only roots of `schemas` can be judged.
  Verdict judge(NodeId root, const Json& value) const;

 private:
  struct Library;
  explicit SchemaJudge(std::unique_ptr<const Library> library);
  std::unique_ptr<const Library> library_;
};

}  // namespace understudy
