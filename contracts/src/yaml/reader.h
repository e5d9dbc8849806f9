// Typed reading of known members of a YAML document. The first problem is kept with its place; later reads return fallbacks, so that
// a loader reads everything and checks for a problem once at the end. For one thread; the document must not change meanwhile.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {

class Reader {
 public:
  Reader(const YamlDocument& document, std::optional<Problem>& problem) : Reader(document, document.root, problem) {}
  // Of a document whose root has moved elsewhere.
  Reader(const YamlDocument& document, const Json& root, std::optional<Problem>& problem)
      : document_(&document), root_(&root), problem_(&problem) {}

  const YamlDocument& document() const { return *document_; }
  const Json& root() const { return *root_; }
  bool failed() const { return problem_->has_value(); }
  bool is_checked() const { return document_->is_checked; }  // what only finds problems may be left out
  void fail(std::string_view pointer, std::string code, std::string message);
  void fail_key(std::string_view pointer, std::string code, std::string message);

  // The value at the pointer is a mapping with no other keys than these (names starting with "x-" too if `extensions`).
  void keys(std::string_view pointer, std::initializer_list<std::string_view> known, bool extensions = false);
  const Json* find(std::string_view pointer) const;
  bool has(std::string_view pointer) const { return find(pointer) != nullptr; }

  std::string text(std::string_view pointer, std::string fallback = {});
  std::string required_text(std::string_view pointer);
  bool flag(std::string_view pointer, bool fallback = false);
  std::int64_t integer(std::string_view pointer, std::int64_t fallback = 0);
  double number(std::string_view pointer, double fallback = 0);
  // One of the words; the fallback if it is left out.
  std::string word(std::string_view pointer, std::initializer_list<std::string_view> words, std::string fallback = {}) {
    return word_of(pointer, words, std::move(fallback));
  }
  // The value that belongs to one of the words.
  template <class T>
  T choice(std::string_view pointer, std::initializer_list<std::pair<std::string_view, T>> choices, T fallback) {
    std::vector<std::string_view> words;
    for (const auto& [word, value] : choices) words.push_back(word);
    const std::string found = word_of(pointer, words, {});
    for (const auto& [word, value] : choices)
      if (word == found) return value;
    return fallback;
  }
  std::vector<std::string> texts(std::string_view pointer);    // a list of strings
  std::vector<std::string> members(std::string_view pointer);  // names of a mapping; none if it is left out
  std::size_t size(std::string_view pointer);                  // elements of a list; 0 if it is left out
  std::map<std::string, std::string> text_map(std::string_view pointer);
  std::optional<Evidence> evidence(std::string_view pointer);
  Place place(std::string_view pointer) const { return document_->place(pointer); }

 private:
  // The value that find() went through last at each depth: most pointers are about the members of one value.
  struct Parent {
    std::string pointer;
    const Json* value = nullptr;
  };
  const Json* find_below(std::string_view pointer, std::size_t depth) const;
  std::string word_of(std::string_view pointer, std::span<const std::string_view> words, std::string fallback);

  const YamlDocument* document_;
  const Json* root_;
  mutable std::vector<Parent> parents_;
  mutable std::size_t last_parent_ = 0;
  std::optional<Problem>* problem_;
};

}  // namespace understudy
