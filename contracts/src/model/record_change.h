// A change of stored records as rules.yaml describes it (docs/contracts.md, "Changes, views and time"). mock/engine/change.cpp makes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/finding.h"
#include "contracts/src/model/template.h"

namespace understudy {

struct RecordChange {
  using Members = std::vector<std::pair<std::string, Template>>;  // JSON Pointer -> value

  std::optional<Template> each;  // the change is made for each element of this list
  std::string as = "item";
  std::string collection;  // `in`; empty: the operation's own record
  Template where;          // in `collection`
  std::string list;        // `at`: JSON Pointer into the record; empty: the record itself
  Template element;        // members of the elements of `list` that are changed
  std::string missing;     // empty: ignored; kCreate; or the response that refuses
  std::optional<Template> condition;
  Members set, add, append;
  Members remove_elements;  // of lists: the members of those that are removed
  bool removes = false;     // the record or element
  std::string key;          // of `append`: the pointer of a member that is unique in the list
  std::optional<Json> at_least;
  std::string creates;  // collection
  Template value;       // of the new record
  std::string refuse;   // response
  Template message;     // of a refusal; null: made from the change
  std::string called;
  std::vector<RecordChange> then;
  Place place;

  static constexpr const char* kCreate = "create";
  bool writes() const {
    return removes || !set.empty() || !add.empty() || !append.empty() || !remove_elements.empty() || missing == kCreate;
  }
};

// A step of `later`: a record with the members `from` is changed when `after` has passed since the time in its member `since`.
struct LaterStep {
  std::string since;  // JSON Pointer
  Json from;
  Json after;  // "5s", seconds, or {switch: name} with one of them
  RecordChange::Members set;
};
// The duration that "5s" or a number of seconds means; nullopt: neither.
std::optional<Milliseconds> delay_of(const Json& value);

}  // namespace understudy
