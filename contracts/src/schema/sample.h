// Values that follow a schema: made from its examples, defaults and enumerations, else drawn from the seed. Used by answers with `fill`
// and by collections with `model`. The same seed gives the same value.
#pragma once

#include <map>
#include <set>
#include <string>

#include "contracts/src/base/env.h"
#include "contracts/src/base/json.h"

namespace understudy {

class Sampler {
 public:
  // `document` outlives the sampler; local references are followed in it.
  Sampler(const Json& document, std::uint64_t seed) : document_(document), random_(seed) {}

  // A value of the schema. `name` is the member that it is for: a text without other rules contains it.
  Json make(const Json* schema, const std::string& name = "value", int depth = 0);
  // `given` with what the schema says: members that it does not declare are left out, values of another type are converted or replaced, and
  // members that are missing are made: the required ones, or all. Null stays null where the schema accepts it.
  Json fit(const Json& given, const Json* schema, bool all_members, const std::string& name = "value", int depth = 0);
  // The members that an object of the schema declares, references and allOf followed; of alternatives the first.
  std::map<std::string, const Json*> members(const Json* schema);

 private:
  // The statements of a schema, its references, its allOf and one alternative together.
  struct View {
    const Json *constant = nullptr, *values = nullptr, *example = nullptr, *fallback = nullptr, *items = nullptr, *additional = nullptr;
    std::map<std::string, const Json*> words, members;  // words: scalar keywords
    std::set<std::string> types, required;
    bool is(const char* type) const { return types.contains(type); }
  };
  static void gather_own(const Json& schema, View& view);
  void gather(const Json* schema, const Json* given, View& view, int depth) const;
  const Json* choose(const Json& alternatives, const Json* given, int depth) const;
  bool may_be(const Json& value, const Json* schema, int depth = 0) const;
  Json make_scalar(const View& view, const std::string& name);
  Json make_number(const View& view, bool whole);
  std::string make_text(const View& view, const std::string& name);
  Json fit_members(const Json& given, const View& view, bool all_members, int depth);

  static constexpr int kMostViews = 4000;  // of one value: schemas that contain each other have no end

  const Json& document_;
  Random random_;
  mutable int views_left_ = kMostViews;
};

// A text that the regular expression matches, as far as it consists of characters, classes, groups, alternatives and counts; empty: it
// has something else.
std::string text_of_pattern(const std::string& pattern, Random& random);

}  // namespace understudy
