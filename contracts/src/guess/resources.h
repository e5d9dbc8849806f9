// Operations of a shape and the resources that their paths form. Used by this folder only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

// Schemas of a document by their JSON Pointers, which stay valid when the document is copied.
class SchemaIndex {
 public:
  explicit SchemaIndex(const Json& document) : document_(document) {}
  const Json* find(const std::string& pointer) const;                            // after references; null: nothing, or no object
  std::string follow(std::string pointer) const;                                 // the pointer behind its references
  std::map<std::string, std::string> members(const std::string& pointer) const;  // name -> pointer; allOf and the first alternative count
  std::string items(const std::string& pointer) const;                           // pointer of the elements' schema; empty: it is no list
  bool is(const std::string& pointer, std::string_view type) const;
  bool is_object(const std::string& pointer) const;

 private:
  void gather(const std::string& pointer, std::map<std::string, std::string>& out, int depth) const;
  const Json& document_;
};

// A value inside a body: the names on the way, and its schema.
struct Inside {
  std::vector<std::string> path;
  std::string schema;
};

struct ApiOperation {
  std::string id, method, path, pointer;
  std::vector<std::string> segments;  // without an extension: Calls of Calls.json
  const Json* node = nullptr;
  int status = 200;      // of success
  std::string media;     // of its body; empty: it has none
  std::string response;  // pointer of its body's schema; empty: not JSON
  std::string body;      // pointer of the request body's schema; empty: none
  bool secured = true;
  // What it does, once it is known.
  std::string perform;  // empty: it only answers
  std::size_t resource = 0;
};

enum class Keying { drawn, by_path };  // ids are drawn when a record is created, or are what the path says

struct Resource {
  std::string name, key;             // key: its collection's path with {} for each parameter
  std::vector<std::string> parents;  // path parameters before the id
  std::string id_param, id_member;   // the id's parameter (empty: a single record for each path) and member
  std::string id_at;                 // where the id is if it is no member of the record itself: /metadata/name; else empty
  std::string model;                 // pointer of a record's schema; may be empty
  std::string path;                  // of one record
  std::string id_schema;             // pointer of the id parameter's schema; may be empty
  std::string client;                // pointer of the schema of what a client creates it from, inside its wrapper
  bool has_creator = false;          // some operation creates records,
  bool has_own_creator = false;      // and its path is the collection's
  bool exists_always = false;        // nothing creates records, so that each one that is asked for exists
  Keying keying = Keying::drawn;
  std::string list_operation, create_operation, delete_operation;
};

std::vector<ApiOperation> read_operations(const Json& shape);
// What an action such as POST /orders/{id}/cancel sets: {status: "cancelled"}, {archived: true}; null: nothing is known.
Json action_change(const SchemaIndex& schemas, const std::string& model, const ApiOperation& operation);
// Finds the resources and sets `perform` and `resource` of the operations that act on them.
std::vector<Resource> find_resources(const Json& shape, std::vector<ApiOperation>& operations);

// Where a body holds one record with this id member, or a list of records; nullopt: nowhere.
std::optional<Inside> find_record(const SchemaIndex& schemas, const std::string& schema, const Resource& resource);
std::optional<Inside> find_list(const SchemaIndex& schemas, const std::string& schema, const std::string& name);
inline constexpr std::string_view kWrappers[] = {"data", "result",  "results",  "items",   "records", "values",   "entries",
                                                 "list", "content", "response", "payload", "value",   "elements", "objects"};
std::string singular(std::string word);              // categories -> category
bool is_parameter(std::string_view segment);         // {id}
std::string last_segment(const Resource& resource);  // of its collection's path
std::vector<std::string> path_parameters(const std::string& path);
std::string plain_word(std::string_view name);  // createdAt, created_at, created-at -> createdat

}  // namespace understudy
