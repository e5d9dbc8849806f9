// YAML files: one document, plain scalars typed by the YAML 1.2 core schema; duplicate keys, merge keys, tags and oversized files are
// errors. The result is Json plus the place of each value and key.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "contracts/src/base/json.h"
#include "contracts/src/base/problem.h"

namespace understudy {

struct YamlLimits {
  std::size_t bytes = 4u << 20;
  std::size_t depth = 100;
  std::size_t nodes = 200'000;  // after alias expansion
};

// How a scalar was written, for lint: `ProductSKU: 00123` is the integer 123, which loses digits.
struct YamlMark {
  std::size_t line = 0;    // 1-based
  std::size_t column = 0;  // 1-based
  bool plain = false;      // a plain (unquoted) scalar
  std::string text;        // of a plain scalar, as written
};

class YamlDocument {
 public:
  Json root;
  std::string file;
  std::string text;
  std::map<std::string, YamlMark, std::less<>> marks;      // by JSON Pointer, of values
  std::map<std::string, YamlMark, std::less<>> key_marks;  // by JSON Pointer of the member, of its key
  std::string_view packed_marks;                           // instead of both maps: the lines of packed.h, which outlive the document
  bool is_checked = false;                                 // a file of a contract in which the build found nothing wrong

  // Place of the value (or of its nearest ancestor that has one) and of its key.
  Place place(std::string_view pointer) const;
  Place key_place(std::string_view pointer) const;
  // A problem at that value or key, with the source line filled in.
  Problem problem(std::string_view pointer, std::string code, std::string message) const;
  Problem key_problem(std::string_view pointer, std::string code, std::string message) const;

 private:
  struct Position {
    std::size_t line = 0, column = 0;
  };
  std::optional<Position> find_mark(std::string_view pointer) const;
  std::optional<Position> find_key_mark(std::string_view pointer) const;
};

// Parses one YAML document (a JSON text is one too). `file` is only used in messages.
Result<YamlDocument> parse_yaml(std::string_view text, std::string file, const YamlLimits& limits = {});
Result<YamlDocument> load_yaml(const std::string& path, const YamlLimits& limits = {});
// Reads a whole file; fails with code file-unreadable and the system's reason.
Result<std::string> load_text(const std::string& path);

// The first problem of a mapping: it is none, or it has a key that is not in `known` (with "did you mean"). With `extensions` keys
// that start with "x-" are allowed too.
std::optional<Problem> check_keys(const YamlDocument& document, std::string_view pointer, std::span<const std::string> known,
                                  bool extensions = false);
// The same of a document whose root has moved elsewhere.
std::optional<Problem> check_keys(const YamlDocument& document, const Json& root, std::string_view pointer,
                                  std::span<const std::string> known, bool extensions);

}  // namespace understudy
