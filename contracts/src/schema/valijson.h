// Decides with valijson whether a value fits a schema. The library combines schemas and walks values; keywords that it implements
// wrongly (values.h) and patternProperties are custom keywords of ours.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "contracts/src/base/json.h"
#include "contracts/src/schema/node.h"

namespace understudy {

// judge() may be called from any thread. The library's form of a schema is made when a value is judged by it for the first time, because
// most schemas only see values that judge_quickly() accepts.
class SchemaJudge {
 public:
  // `schemas` must outlive the judge and stay where it is.
  explicit SchemaJudge(const SchemaNodes& schemas);
  ~SchemaJudge();

  // The value must be valid UTF-8 throughout and no deeper than kMaxJsonDepth. Undecided also if
  // the library refuses the schema, which is a bug of ours: mistakes in documents were found before.
  Verdict judge(NodeId root, const Json& value) const;

 private:
  struct Library;
  struct Root;
  const SchemaNodes& schemas_;
  mutable std::mutex mutex_;
  mutable std::map<NodeId, Root> roots_;  // guarded by mutex_; each stays where it is
};

}  // namespace understudy
