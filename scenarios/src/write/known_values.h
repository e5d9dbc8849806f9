// The values of a recording that have a name in the scenario: those that a response gave and a later request uses, and those that the
// client chose and a server wants only once.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

class KnownValues {
 public:
  // `steps`: gets captures. It must outlive this.
  explicit KnownValues(std::vector<Json>& steps) : steps_(steps) {}

  // A value that the client chose becomes a variable whose value differs in each run.
  void add_unique(const std::string& name, const std::string& text);
  // What the response of the step says may be captured. `thing`: what an "id" in it is the id of.
  void add_response(std::size_t step, const Json& body, const std::string& thing);
  // What a request sent is the client's, unless it is known from a response. A number is that only at the place of an id: other numbers may
  // be equal by chance.
  void add_sent(const std::string& name, const Json& value);
  bool is_sent(const std::string& text) const { return sent_.contains(text); }

  // "{{name}}" if the value is known at a place of that name; a segment of a path has none. Captures it. `as_text`: the place takes only
  // text, as queries do.
  std::optional<std::string> find(const std::string& name, const Json& value, bool as_text = false);
  // A text in which known values stand between other words; those of three or more characters are found.
  std::string replace_within(const std::string& text);
  // The last secret that a response gave, where secrets are masked.
  std::optional<std::string> find_masked_token();

  const Json& variables() const { return variables_; }  // given.variables

 private:
  struct Source {
    std::size_t step = 0;
    std::string pointer, name, variable;  // variable: empty until it is captured
    Json value;
  };
  std::string capture(Source& source);
  std::string fresh_name(const std::string& wished);

  std::vector<Json>& steps_;
  std::map<std::string, Source> produced_;     // by text
  std::map<std::string, std::string> unique_;  // text -> variable
  std::set<std::string> sent_, names_;
  Json variables_ = Json::object();
};

}  // namespace understudy
