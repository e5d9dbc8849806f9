// Templates of values, compiled once. A string that is just {{path}} keeps the value's type (null if missing), longer strings
// interpolate; objects with a $word are made by it. docs/contracts.md lists the words.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "contracts/src/base/json.h"
#include "contracts/src/model/template_words.h"

namespace understudy {

// Dotted names or indices into the context; a segment may be [quoted] when it holds dots: token.[.issued].
using TemplatePath = std::vector<std::string>;

// What the words $records, $find and $next read: the stored records and the sequences.
class TemplateSource {
 public:
  virtual ~TemplateSource() = default;
  // The records that have these members, in order of creation, at most so many. See has_members().
  virtual std::vector<std::shared_ptr<const Json>> select(const std::string& collection, const Json& where, std::size_t most) const = 0;
  // The same for one member.
  virtual std::vector<std::shared_ptr<const Json>> select(const std::string& collection, const std::string& member, const Json& value,
                                                          std::size_t most) const = 0;
  virtual std::int64_t next(const std::string& sequence) const = 0;
};

// The members of an object as JSON texts, in place of an object whose value has moved elsewhere.
class RenderedObject {
 public:
  RenderedObject() = default;  // no object
  explicit RenderedObject(const Json& object);
  // Adds the text that `write_value(text)` appends. Names come in order.
  template <class Write>
  void add(std::string_view name, Write write_value) {
    const std::size_t name_end = text_.append(name).size();
    write_value(text_);
    ends_.emplace_back(name_end, text_.size());
  }
  void write(std::string& out) const;  // appends the object as JSON
  Json read() const;
  RenderedObject(RenderedObject&&) = default;
  RenderedObject& operator=(RenderedObject&&) = default;
  ~RenderedObject();  // keeps the text's memory for the next one of this thread
  explicit operator bool() const { return is_object_; }
  template <class Visit>
  void visit(Visit visit_member) const {  // with name and JSON text, which refer to this object
    const std::string_view all = text_;
    std::size_t begin = 0;
    for (const auto& [name_end, end] : ends_) {
      visit_member(all.substr(begin, name_end - begin), all.substr(name_end, end - name_end));
      begin = end;
    }
  }

 private:
  std::string text_;  // each name, with its value behind it
  boost::container::small_vector<std::pair<std::size_t, std::size_t>, 48> ends_;
  bool is_object_ = false;
};

// The values of names: a context and, inside $each, the current element.
struct TemplateScope {
  const Json& context;
  const TemplateSource* source = nullptr;  // null: there are no records
  const TemplateScope* outer = nullptr;    // the enclosing scope
  std::string_view name = {};
  const Json* element = nullptr;
  const Json* view = nullptr;                // what {{name.view}} means, instead of a member of the element
  const RenderedObject* rendered = nullptr;  // instead of an element: it is only written, as a whole or by $merge

  const Json* find(const TemplatePath& path) const;                  // null: not found
  const RenderedObject* find_rendered(std::string_view name) const;  // null: the name has a value, or none
  // This scope with one more name. The arguments and this scope outlive it.
  TemplateScope with(std::string_view new_name, const Json& value, const Json* view_of_value = nullptr) const {
    return {.context = context, .source = source, .outer = this, .name = new_name, .element = &value, .view = view_of_value};
  }
  TemplateScope with(std::string_view new_name, const RenderedObject& object) const {
    return {.context = context, .source = source, .outer = this, .name = new_name, .rendered = &object};
  }
};

// Immutable and thread-safe. A copy shares nothing.
class Template {
 public:
  Template() = default;  // null
  explicit Template(const Json& pattern);

  Json fill(const TemplateScope& scope) const;
  Json fill(const Json& context) const { return fill(TemplateScope{.context = context}); }
  // Appends fill() as JSON, without building it.
  void write(const TemplateScope& scope, std::string& out) const;
  void write(const Json& context, std::string& out) const { write(TemplateScope{.context = context}, out); }
  // The first part of every path: record of {{record.ID}}.
  const std::set<std::string, std::less<>>& roots() const { return roots_; }
  // Whether it needs the value of the name. To $merge the whole value, a RenderedObject is enough.
  bool needs_value(std::string_view name) const;

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
    std::vector<Template> where;       // none, or one
    std::string name;
    bool flat = false;
  };
  struct Merge {
    std::vector<Template> parts;
  };
  struct If {
    std::vector<Template> condition, yes, no;  // one of each
  };
  struct Case {
    std::vector<Template> value, otherwise;  // one of each
    std::vector<std::pair<std::string, Template>> of;
  };
  struct Function {
    TemplateWord word = TemplateWord::first;
    std::vector<Template> argument;  // one
  };
  struct Records {
    std::string collection;
    std::vector<Template> where;  // none, or one
    bool first = false;           // $find
    TemplatePath take;
  };
  struct Next {
    std::string sequence;
  };
  struct Literal {
    Json value;
    std::string text;
  };

  // One member of the object that a Merge writes: of a template, or a value that exists.
  struct Member {
    std::string_view name;
    std::size_t order = 0;  // among members of the same name the last one counts
    const Template* made_by = nullptr;
    const Json* value = nullptr;
    std::string_view text = {};  // of a rendered value
  };
  struct Members;
  bool needs_value_to_merge(std::string_view name) const;
  void add_members(const TemplateScope& scope, Members& members) const;
  void write_elements(const TemplateScope& scope, char& before, std::string& out) const;
  static void write_list(std::span<const Template> lists, const TemplateScope& scope, std::string& out);
  static void write_function(const Function& function, const TemplateScope& scope, std::string& out);
  static void write_merge(const Merge& merge, const TemplateScope& scope, std::string& out);
  // fill(), without a copy where the template is a path; `made` holds the value otherwise.
  const Json& find_or_fill(const TemplateScope& scope, Json& made) const;
  static const Template& choose(const If& choice, const TemplateScope& scope);
  static const Template& choose(const Case& choice, const TemplateScope& scope);
  static std::vector<std::shared_ptr<const Json>> select(const Records& records, const TemplateScope& scope);
  // What $find takes of a record that select() found; null: nothing.
  static const Json* take(const Records& records, const std::vector<std::shared_ptr<const Json>>& found);
  Template part(const Json& pattern);
  std::vector<Template> optional_part(const Json& pattern, std::string_view member);
  Text read_text(std::string_view text);
  void read_object(const Json& pattern);

  std::variant<Literal, TemplatePath, Text, Object, List, Each, Merge, If, Case, Function, Records, Next> node_ =
      Literal{.value = nullptr, .text = "null"};
  std::set<std::string, std::less<>> roots_;
};

// Checks a template without a context: unbalanced braces, unknown $words and members beside them, $next unless `may_draw`. nullopt: no
// mistake.
std::optional<std::string> check_template(const Json& pattern, bool may_draw = false);

}  // namespace understudy
