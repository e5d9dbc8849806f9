// Contract: what one API promises, as data loaded from contracts/<api>/ (format: docs/contracts.md). Immutable once loaded and shared
// by all threads. See also: load.h (loading), check.h (checking), responses.h (rendering responses).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"
#include "contracts/src/model/binding.h"
#include "contracts/src/model/record_change.h"
#include "contracts/src/model/template.h"
#include "contracts/src/schema/schema.h"
#include "contracts/src/schema/shared_json.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {

// Where a statement comes from and how well it is known.
struct Fact {
  std::string source;  // document and place: sellercloud-create-product:23
  Evidence evidence = Evidence::documented;
  std::string because;  // why we read it so; may be empty
};

// Profiles.
struct Switch {
  std::string name;
  Json documented;           // value in profile `documented`
  Json observed;             // value in profile `observed`
  std::vector<Json> others;  // further legal values
  std::string about;
  Fact fact;

  std::vector<Json> values() const;  // all legal ones, `documented` first, then `observed`
};
using Switches = std::map<std::string, Json, std::less<>>;  // resolved: a value for each switch of one contract

struct Setting {
  std::string name;
  bool value = false;  // the default
  std::string called;  // the vendor's words
  Fact fact;
};

// Rules.
struct Condition {
  enum class Kind { setting, value, present, switch_value } kind = Kind::setting;
  std::string name;  // setting or switch; for value and present a JSON Pointer into the body, '*' as in the row's `at`
  Json is = true;
  bool about_record = false;  // value and present: a pointer into the stored record
};

enum class Verb { required, forbidden, ignored, more_than, at_least, items_at_least, format, unique_in, exists_in, becomes };
inline constexpr std::array<std::string_view, 10> kVerbs = {"required",       "forbidden", "ignored",   "more_than", "at_least",
                                                            "items_at_least", "format",    "unique_in", "exists_in", "becomes"};
constexpr std::string_view to_string(Verb verb) { return kVerbs[static_cast<std::size_t>(verb)]; }

struct Row {
  std::string id;  // createPurchaseOrder.units-positive
  std::string at;  // JSON Pointer, '*' matches every element; relative to the item in an operation with items
  Verb verb = Verb::required;
  Json argument;
  std::vector<std::string> keys;  // of unique_in and exists_in: the members of stored records that are compared
  std::vector<Condition> when;
  std::string refuse;   // name of the response when the row is broken
  std::string message;  // sentence; empty: generated from the verb
  Fact fact;
  Place place;
  bool about_record = false;  // `at` is a pointer into the stored record, not into the body

  std::string written_at() const { return (about_record ? "record:" : "") + at; }
};
inline constexpr std::string_view kRecordPrefix = "record:";  // of such a pointer in rules.yaml

// Responses.
struct ResponseVariant {
  std::map<std::string, Json> when_switch;  // all must hold
  Json status = 200;                        // integer, or {switch: name}
  Json reason;                              // string, {switch: name}, or null
  Json headers = Json::object();            // name -> template
  std::optional<Json> body;                 // template; absent: no body
  bool complete = false;                    // members of the schema that the template does not give are sent, too (complete.h)
  bool fill = false;                        // the body is made to follow its schema for each response (sample.h)
  std::optional<std::string> text;          // a body that is not JSON, instead of `body`
  std::string content_type;
  std::string schema;             // JSON Pointer of the compiled schema in the contract's document; empty: no body is expected
  std::optional<std::string> id;  // JSON Pointer of the created record's id in the body
  // Compiled from body, text and headers by compile_templates (responses.h).
  Template body_template, text_template;
  std::vector<std::pair<std::string, Template>> header_templates;
  std::set<std::string, std::less<>> names;  // first parts of the paths used: record of {{record.ID}}
  Fact fact;                                 // of the whole
  // Of its aspects, where it differs from the whole: `status`, `reason`, `media_type`, `headers`, `header <lower-case name>`, `body`, a
  // JSON Pointer into the body ('*' matches every element), `values`, `value <pointer>`.
  std::map<std::string, Fact, std::less<>> aspects;
  Place place;

  // The fact of one aspect: its own or the nearest above it: a member has that of its parent, then of the body; a value that of `values`,
  // then of its member; all have that of the whole at last.
  Fact fact_of(std::string_view aspect) const;
};

enum class Scope { exchange, call, item };

struct ResponseDefinition {
  std::string name;
  Scope scope = Scope::exchange;
  bool success = false;  // the success of some operation
  std::vector<ResponseVariant> variants;
  Place place;
};

// Names of the responses with which the engine rejects a request, by stage.
struct Refusals {
  std::string path, method, credentials, bad_credentials, throttle, media_type, undecodable, shape, rows, record, unhandled;
};
inline constexpr std::array<std::pair<std::string_view, std::string Refusals::*>, 11> kRefusalStages = {{
    {"path", &Refusals::path},
    {"method", &Refusals::method},
    {"credentials", &Refusals::credentials},
    {"throttle", &Refusals::throttle},
    {"media_type", &Refusals::media_type},
    {"undecodable", &Refusals::undecodable},
    {"shape", &Refusals::shape},
    {"rows", &Refusals::rows},
    {"record", &Refusals::record},
    {"bad_credentials", &Refusals::bad_credentials},
    {"unhandled", &Refusals::unhandled},
}};

// Operations.
struct Parameter {
  std::string name;
  enum class In { path, query, header } in = In::query;
  bool required = false;
  std::string schema;   // JSON Pointer; empty: any string
  bool many = false;    // an array: repeated, or a comma list
  bool number = false;  // the schema's type is integer or number
};

// A span of time as `within` names it: [from, to). Each end is a number of units from now or from the start of the current unit.
struct SpanEnd {
  std::int64_t count = 0;
  char unit = 'd';  // h: hours from now; d, w, m, y: from the start of this day, week (from Sunday), month, year
};
struct Span {
  std::optional<SpanEnd> from, to;  // absent: open
};

// Which records a list shows: those with a member that fits the query parameter (a list of values: any of them).
struct Filter {
  std::string parameter;
  std::vector<std::string> members;  // JSON Pointers into the record, '*' for every element. `contains`: one of them must fit; else the
                                     // first that the record has
  enum class Match { equals, contains, from, to, within } match = Match::equals;
  Json absent = nullptr;  // what a record without the member counts as; null: as nothing
  // What a value of the parameter means: a member's value, or a list of them; "all": every record fits. From `values`, and from the
  // numbers of the parameter's enumeration.
  std::map<std::string, Json, std::less<>> values{};
  std::map<std::string, Span, std::less<>> spans{};  // within: by value of the parameter
};

struct Paging {
  std::string number, size;  // query parameter names
  // How the first parameter counts: pages from `first`, records before the page, or the id of the record before the page.
  enum class Kind { number, offset, cursor } kind = Kind::number;
  std::int64_t first = 1, default_size = 10, maximum_size = 50;
  std::string maximum_switch = {};  // the switch that has the maximum; empty: maximum_size is it
};

// The order of a list as the query asks for it: `by` names the parameter with a member of the record (-name and name:desc count down),
// `order` the one that says asc or desc. Either may be empty.
struct Sorting {
  std::string by, order;
};

enum class Perform { create, read, list, update, remove, change, issue_token, module };

struct Operation {
  std::string id;    // createProduct
  std::string name;  // sellercloud.createProduct
  std::string method;
  std::string path;  // template: /rest/api/Orders/{id}
  std::string call;  // the wire's method name, of an operation inside a batch; empty otherwise
  std::vector<Parameter> parameters;
  bool secured = true;
  bool has_body = false;
  bool body_required = false;
  std::vector<std::string> media_types;  // accepted; empty: any
  bool any_media_type = false;           // others are accepted, too: the contract says */*
  std::string body_schema;               // JSON Pointer; of the arguments, in a batch
  std::shared_ptr<const Binder> binder;  // of body_schema; null without a body

  Perform perform = Perform::module;
  std::string collection;
  std::string record_id;  // which path parameter names the record; or
  // `id` as a template, `where` (members of the record), what `list` and `read` choose from, and what `create` stores and `update` merges.
  std::optional<Template> id_template, where, from, record;
  std::optional<Template> missing;  // the record that is made where there is none; read and update
  bool replace = false;             // update: members of the body's schema that the request lacks are removed
  bool merge = false;               // update: objects of the request are merged into those of the record
  std::vector<RecordChange> changes;
  Json words;                                // `id`, `where`, `from`, `record` and `changes` as written
  std::set<std::string, std::less<>> names;  // first parts of the paths in all these templates
  bool looks_at_record = false;              // some row does
  bool shows_request = true;                 // an answer needs the body's value after the operation was performed
  bool merges_request = false;               // an answer shows all members of the body

  bool names_record() const { return !record_id.empty() || id_template || where; }
  std::optional<Paging> paging;
  Sorting sorting;
  std::vector<Filter> filters;
  std::vector<std::string> ignored;  // query parameters without effect
  bool newest_first = false;
  std::string items;                 // JSON Pointer of the list whose elements are performed one by one; empty: the body is performed whole
  std::string success;               // ResponseDefinition
  std::vector<std::string> answers;  // all that are possible, success first, rejections included
  Refusals refusals;
  std::vector<Row> rows;
  std::map<std::string, Evidence, std::less<>> statuses;  // how well known a status is for this operation, where its response says so
  std::string unwrap;                                     // a body {"product": {...}} is its member; empty: as `binding` says
  bool answers_nothing = false;                           // a call without a response element (auth in a batch)
  bool idempotent_redelivery = false;                     // the same call id with equal params repeats the response
  Fact fact;
  Place place;
};

// The words of `binding:` with those of the operation.
BindingWords words_for(const Operation& operation, BindingWords words);

// When a caller sends a batch again: unless each answering call's element has the member `acknowledged`.
struct Redelivery {
  std::string acknowledged;         // JSON Pointer inside an element
  std::vector<Milliseconds> after;  // how long it waits before the first, second, ... redelivery
  Milliseconds then{0};             // and before each later one
  std::size_t attempts = 0;         // redeliveries at most
  Fact fact;
};

// The delay before a redelivery; number 0 is the first.
Milliseconds delay_before(const Redelivery& redelivery, std::size_t number);

// How operations are combined in one HTTP exchange.
struct Batch {
  std::string operation;  // the HTTP operation's id
  std::string method, path;
  std::string member_operation, member_arguments, member_correlation;  // JSON Pointers inside a call: /method /params /id
  std::string credential_operation;                                    // the wire's method name: auth
  std::size_t credential_position = 0;
  std::string credential_username, credential_password;                  // JSON Pointers inside the arguments
  Json envelope;                                                         // members that every answering element carries: {api: 1}
  std::string result_member;                                             // where call answers of scope item are listed: result
  std::map<std::string, std::string> calls;                              // wire method name -> Operation id
  std::string unknown_call, bad_arguments, not_authorized, undecodable;  // Answers
  std::optional<Redelivery> redelivery;
};

// How to create a record on a target without an admin API: by an operation that a client may send.
struct Creation {
  std::string operation;                      // id; empty: there is none
  std::string remove;                         // id of the operation that deletes it; may be empty
  std::map<std::string, std::string> rename;  // member of the record -> member of the body, where the names differ
  Json defaults = Json::object();             // of body members that the record does not have
};

struct Collection {
  std::string name;
  std::string id_member;     // member that identifies a record
  std::string sequence;      // drawn from this sequence, or
  std::string id_from;       // taken from this JSON Pointer of the record
  std::string id_at;         // an id that is drawn is also stored here, where the record has nothing; may be empty
  Json id_schema;            // of the ids that are drawn: a text, a UUID, a pattern; null: the number of the sequence
  bool ignore_case = false;  // of the id
  Json defaults = Json::object();
  Creation create = {};
  std::vector<LaterStep> later = {};
  std::string model = {};                            // JSON Pointer of a record's schema: records follow it (sample.h); may be empty
  std::set<std::string, std::less<>> optional = {};  // members of the model that nothing is made for unless they are required
  std::vector<std::string> created_times = {}, updated_times = {};  // members with the time of creation, and of the last change
};

struct Credentials {
  enum class Kind { none, bearer_token, api_key, in_batch } kind = Kind::none;
  std::string operation;                             // issues the token
  std::string username, password;                    // JSON Pointers into its request
  std::string token, expires_in;                     // JSON Pointers into its answer
  Json lifetime = 3600;                              // seconds, or {switch: name}
  std::string header;                                // api_key: its header; empty: it has none
  bool bearer = false;                               // api_key: also as Authorization: Bearer
  bool basic = false;                                // api_key: also as the user of Authorization: Basic
  std::vector<std::string> query, cookies, headers;  // api_key: further places, by name
  bool any = false;                                  // api_key: every key is accepted, and every login gets a token
};

// How fast a credential may call.
struct RateLimit {
  enum class Kind { window, bucket } kind = Kind::window;
  std::int64_t requests = 0;  // window: in `seconds`; bucket: its size
  double seconds = 0;         // window
  double per_second = 0;      // bucket: leaks so many
  Fact fact;
  Place place;
};

struct Contract {
  std::string api;
  std::string title;
  std::string base;      // /sellercloud
  bool guessed = false;  // made from an OpenAPI file alone (parse_api); C++ for an API of the same name does not apply
  SharedJson document;   // openapi.yaml as JSON; schema pointers point into it
  std::shared_ptr<const SchemaSet> schemas;
  BindingWords binding;
  std::vector<Switch> switches;
  std::vector<Setting> settings;
  std::vector<Operation> operations;
  std::map<std::string, ResponseDefinition, std::less<>> answers;
  std::map<std::string, Collection, std::less<>> collections;
  std::vector<std::string> changing;                 // the collections with `later`
  std::map<std::string, std::int64_t> sequences;     // first values
  Json account = Json::object();                     // facts about the account (collections.yaml: account)
  std::map<std::string, std::vector<Json>> records;  // in every account from the start
  std::map<std::string, std::string> messages;       // code -> sentence template, for findings
  std::string field_prefix;
  Credentials credentials;
  std::optional<Batch> batch;
  std::optional<RateLimit> rate_limit;  // absent: calls are not counted
  Refusals refusals;
  bool paths_ignore_case = false;             // and one trailing slash
  bool paths_typed = false;                   // a path with something else where a number is declared is another path
  bool trailing_slash = false;                // a path may end with one more slash than the contract says
  std::string extension;                      // a path may end with it, too: ".json"
  std::string query_prefix;                   // optional prefix of query names: "model."
  bool credentials_before_path = false;       // an unknown path or method is refused for a wrong credential first
  std::shared_ptr<const YamlDocument> shape;  // openapi.yaml as read, for places

  const Operation* find_operation(std::string_view id) const;  // without the api's name
  const ResponseDefinition* find_response(std::string_view name) const;
  const Switch* find_switch(std::string_view name) const;
  const Setting* find_setting(std::string_view name) const;
  // Whether a name of a query means the parameter: in any case, with the prefix, with brackets, where the API reads it so.
  bool is_parameter_name(const Parameter& parameter, std::string_view name) const;
  // The place in openapi.yaml of a JSON Pointer into `document`.
  Place schema_place(std::string_view pointer) const;
  // x-source and x-evidence nearest above the schema pointer; nullopt: use the operation's fact.
  std::optional<Fact> find_fact(std::string_view schema_pointer) const;
};

// The names of a list of settings, switches or parameters, for "did you mean".
template <class List>
std::vector<std::string> names_of(const List& list) {
  std::vector<std::string> names;
  for (const auto& element : list) names.push_back(element.name);
  return names;
}

// All APIs of a run; names are unique.
struct Contracts {
  std::vector<std::shared_ptr<const Contract>> apis;

  const Contract* find_api(std::string_view api) const;
  // "sellercloud.createProduct", or "createProduct" with a default api. Null if there is none.
  const Operation* find_operation(std::string_view name, std::string_view default_api = {}) const;
  const Contract* contract_of(const Operation& operation) const;
  std::vector<std::string> api_names() const;
  std::vector<std::string> operation_names() const;
  // All operations of this name: without its API those of every API.
  std::vector<const Operation*> find_operations(std::string_view name) const;
  // " (did you mean 'shop.createOrder'?)" for a name that no operation has, or that lacks its API; "" when nothing is near.
  std::string did_you_mean_operation(std::string_view name) const;
};

}  // namespace understudy
