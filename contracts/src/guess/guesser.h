// Guesser: the state of one guess, and the steps that make the contract's other files from it. Used by this folder only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contracts/src/guess/guess.h"
#include "contracts/src/guess/parts.h"

namespace understudy {

class Guesser {
 public:
  explicit Guesser(Json& shape) : shape_(shape), schemas_(shape) {}
  Guess run();

 private:
  void add_credentials();
  void summarise();

  // Collections and the members of their records (records.cpp).
  bool is_composite(const Resource& one) const;
  std::string id_member(const Resource& one) const;
  void add_collection(std::size_t index);
  bool is_read_only(const std::string& schema) const;
  // What ids look like by the schema of the record's member; null: numbers.
  Json id_schema(const Resource& one, const std::string& pointer) const;
  // The members that name a record by its path.
  Json where(const Resource& one, const std::vector<std::string>& parameters) const;
  static std::string composite(const std::vector<std::string>& parameters);
  // The members of a new record that its path gives.
  Json path_members(const Resource& one, const std::vector<std::string>& parameters, bool with_id) const;
  // The part of the body that is the record: {{request}} or {{request.data}}.
  Json given_record(const Resource& one, const ApiOperation& operation, std::vector<std::string>* inside = nullptr) const;
  std::size_t overlap(const std::string& schema, const std::string& other) const;

  // What operations do (actions.cpp).
  void add_operation(const ApiOperation& operation);
  void add_action(const ApiOperation& operation, const Resource& one, Json& made);
  // Removes every record of a collection, of a nested one those below the parent.
  void add_clearing(const Resource& one, const std::vector<std::string>& parameters, Json& made);
  // A nested collection exists only below a record that does.
  void add_parent_checks(const Resource& one, const std::vector<std::string>& parameters, Json& made);
  // Members that a client may not set, and members that are unique where the operation declares 409.
  void add_rows(const ApiOperation& operation, const Resource& one, const std::vector<std::string>& inside);
  std::string find_schema(std::string schema, const std::vector<std::string>& inside) const;

  // Lists (lists.cpp).
  void add_list(const ApiOperation& operation, const Resource& one, const std::vector<std::string>& parameters, Json& made);
  Json make_filter(const std::string& word, const std::map<std::string, std::string>& members) const;

  // Answers of successes (answers.cpp).
  Json success(const ApiOperation& operation) const;
  // The number of all records in a header that the list declares for it, such as X-Total-Count.
  void add_count_header(const ApiOperation& operation, Json& made) const;
  std::string text_of_example(const ApiOperation& operation) const;
  void add_record_body(const ApiOperation& operation, const Resource& one, Json& made) const;
  std::string location(const ApiOperation& operation, const Resource& one) const;
  // What a list says about its pages.
  void add_page_members(const std::string& schema, Json& body) const;

  // Refusals (refusals.cpp).
  Json plain_refusals();
  Json refusals(const ApiOperation& operation);
  // The name of an answer with this status, with the body that the operation declares for it. Null: no operation.
  std::string refusal(int status, const Json* operation);
  std::string plain_refusal(const std::string& name, int status);

  Json& shape_;
  SchemaIndex schemas_;
  std::vector<ApiOperation> operations_;
  std::vector<Resource> resources_;
  std::map<std::string, std::string> refusals_;  // status, media type and schema -> answer
  std::string token_operation_;
  Guess guess_;
};

}  // namespace understudy
