// Response templates, compiled once. A string that is just {{path}} keeps the value's type (null if missing), longer strings
// interpolate; {$each: "{{path}}", as: name, body: template} maps a list; {$merge: [a, b]} overlays objects;
// {$if: "{{path}}", then: a, else: b} selects one.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

// Dotted names or indices into the context; a segment may be [quoted] when it holds dots: token.[.issued].
using TemplatePath = std::vector<std::string>;

// The values of names: a context and, inside $each, the current element.
struct TemplateScope {
  const Json& context;
  const TemplateScope* outer = nullptr;  // the enclosing scope
  std::string_view name = {};
  const Json* element = nullptr;

  const Json* find(const TemplatePath& path) const;  // null: not found
};

// Immutable and thread-safe. A copy shares nothing.
class Template {
 public:
  Template() = default;  // null
  explicit Template(const Json& pattern);

  Json fill(const Json& context) const { return fill_in({.context = context}); }
  // Appends fill(context) as JSON, without building it.
  void write(const Json& context, std::string& out) const { write_in({.context = context}, out); }
  // The first part of every path: record of {{record.ID}}.
  const std::set<std::string, std::less<>>& roots() const { return roots_; }

 private:
  struct Text {  // {{paths}} between literal texts: one text more than paths
    std::vector<std::string> texts;
    std::vector<TemplatePath> paths;
  };
  struct Object {
    std::vector<std::pair<std::string, Template>> members;  // sorted by name
    std::vector<std::string> keys;                          // each with its quotes, colon and, but for the first, comma
  };
  struct List {
    std::vector<Template> elements;
  };
  struct Each {
    std::vector<Template> list, body;  // one of each: a vector may hold a type that is not complete yet
    std::string name;
  };
  struct Merge {
    std::vector<Template> parts;
  };
  struct If {
    std::vector<Template> condition, yes, no;  // one of each
  };
  struct Literal {
    Json value;
    std::string text;
  };

  Json fill_in(const TemplateScope& scope) const;
  void write_in(const TemplateScope& scope, std::string& out) const;
  Template part(const Json& pattern);
  Text read_text(std::string_view text);

  std::variant<Literal, TemplatePath, Text, Object, List, Each, Merge, If> node_ = Literal{.value = nullptr, .text = "null"};
  std::set<std::string, std::less<>> roots_;
};

// Checks a template without a context: unbalanced braces, unknown $words. nullopt: no mistake.
std::optional<std::string> check_template(const Json& pattern);

}  // namespace understudy
