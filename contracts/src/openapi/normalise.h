// Translates one document and what it refers to. Used by openapi.cpp only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "contracts/src/openapi/openapi.h"

namespace understudy {

// The text, or the fallback for anything else.
inline std::string text_of(const Json& value, const char* fallback = "") { return value.is_string() ? value.get<std::string>() : fallback; }

// A document and the path it was read from.
struct SourceFile {
  std::string path;
  YamlDocument document;
};
// A value somewhere in a file, after its references are followed. Null: there is none.
struct Located {
  const Json* value = nullptr;
  const SourceFile* file = nullptr;
  std::string pointer = {};
  Json member(std::string_view name) const;  // a copy; null if there is none
};

Result<YamlDocument> parse_api_text(const std::string& text, const std::string& path);

// How the normalised document refers to a schema: this and its name.
inline constexpr std::string_view kSchemaPrefix = "#/components/schemas/";

class Normaliser {
 public:
  Normaliser(const SourceFile& root, const TextReader& read) : root_(root), read_(read) {}
  Json run();
  std::map<std::string, std::size_t> ignored;
  std::vector<Problem> problems;

 private:
  void note(const std::string& kind) { ++ignored[kind]; }
  void report(const SourceFile& file, const std::string& pointer, std::string code, std::string message);

  // References.
  const SourceFile* open(const std::string& path, const SourceFile& from, const std::string& pointer);
  std::optional<Located> target(const std::string& reference, const SourceFile& from, const std::string& pointer);
  Located follow(Located at);                                   // through all $ref; a value without one stays
  Located child(const Located& parent, std::string_view name);  // followed

  // Schemas (schemas.cpp).
  Json schema(const Located& at, int depth = 0);
  void keyword(const std::string& name, const Located& value, Json& out, int depth);
  void relax_required(const Located& at, Json& out);
  Json schema_reference(const Located& at, int depth);
  void follow_example(Json& schema);
  void finish_schemas();
  void open_parts_of_all_of();        // all_of.cpp
  void make_merge_patches_partial();  // merge_patch.cpp

  // Operations.
  Json info();
  std::string base();
  Json security_schemes();
  void path(const Located& item, std::string text);
  Json operation(const Located& item, const Located& at, const std::string& path, const std::string& method);
  Json parameters(const Located& item, const Located& at, const std::vector<std::string>& names, Json& body, const Json& consumes);
  void finish_parameters();
  std::optional<Json> parameter(const Located& at, const std::vector<std::string>& names);
  Json request_body(const Located& at);
  Json responses(const Located& at, const Json& produces);
  Json content(const Located& at, bool one);

  const SourceFile& root_;
  const TextReader& read_;
  bool is_swagger_ = false, is_31_ = false;
  std::map<std::string, std::unique_ptr<SourceFile>> files_;
  std::map<std::string, std::string> names_;  // file#pointer -> name in components/schemas
  std::set<std::string> taken_;
  std::deque<std::pair<std::string, Located>> waiting_;  // schemas that are referred to
  std::set<std::string> operation_ids_;
  std::map<std::string, std::string> shapes_;  // path with {} for every parameter -> the first path of this shape
  Json out_ = Json::object();
};

}  // namespace understudy
