// Scenario: one YAML file of version 1 of the scenario language (docs/scenarios.md), parsed, with the place of each part; templates
// are not rendered yet. See also: parse.h, lint.h.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/problem.h"

namespace understudy {

// The credential that a step sends.
struct Auth {
  enum class Kind {
    automatic,  // the runner logs in, or sends the key
    none,
    garbage,  // well-formed, never issued
    expired,  // a token that was valid before
    literal,  // `value`, a template
  } kind = Kind::automatic;
  std::string value;
  std::string scheme;  // bearer, or a header's name; empty: the contract's first
  bool operator==(const Auth&) const = default;
};

// The request: `with:` of an operation, or `request:` with its own method and path.
struct Sending {
  enum class Body { none, json, form, text, file };
  std::string method, path;  // only of `request:`
  Json path_parameters = Json::object();
  Json query = Json::object();    // name -> scalar or list
  Json headers = Json::object();  // name -> string or list; null removes one the runner would add
  Body body_kind = Body::none;
  Json body;            // json: template tree; form: object; text, file: string
  std::string pointer;  // of `with` or `request` in the file, for places
};

// The expected response. Every part is optional; the contract is checked too unless `contract_checked` is false.
struct Expectation {
  bool written = false;         // false: left out, only the contract is checked
  std::string answer;           // name, without the api
  std::optional<Json> status;   // number or matcher
  std::optional<Json> reason;   // matcher
  std::optional<Json> headers;  // name -> matcher
  std::optional<Json> body;     // matcher tree
  std::optional<Json> text;     // matcher over the raw body
  std::vector<Json> items;      // of a call with items: one {answer, body} for each, in order; empty: not written
  std::string transport;        // empty, or: reset, close, timeout, truncated, malformed
  bool contract_checked = true;
  // How well known what is expected is, by aspect: answer, status, reason, headers, header <lower-case name>, body, text, transport, or a
  // JSON Pointer into the body; "": all of it. Empty: as the contract says.
  std::map<std::string, Evidence, std::less<>> evidence;
  std::string pointer;  // JSON Pointer in the file
  Place place;
};

// One call of a batch step.
struct CallStep {
  std::string operation;  // qualified; empty with `method`
  std::string method;     // raw: the wire's method name
  Json id;                // correlation id, a template; null: the runner's (1)
  Json params;            // template tree
  Expectation expect;
  std::map<std::string, std::string> capture;
  std::string pointer;
  Place place;
};

struct Until {
  Milliseconds within{0};
  Milliseconds every{0};
};

struct EachRow {
  std::string name;
  std::optional<Evidence> evidence;  // of what its steps expect; absent: as without a row
  Json variables = Json::object();
  Place place;
};

struct Step {
  enum class Kind { send, request, calls, repeat, advance } kind = Kind::send;
  std::string name;        // "" if it has none; of an expanded `each`: name [row]
  std::size_t number = 0;  // place among the steps as written, from 1
  std::string operation;   // qualified: sellercloud.createOrder; of `repeat`: the repeated step's
  Sending with;
  std::vector<CallStep> calls;
  bool calls_auth = true;        // of `calls`: put the credential in front
  std::string repeat_of;         // name of the earlier step
  Json change = Json::object();  // JSON Pointer -> new value, or {$absent: true}
  Auth auth;
  Expectation expect;
  std::map<std::string, std::string> capture;  // variable -> JSON Pointer, or $id
  Milliseconds advance{0};
  std::size_t redeliveries = 0;     // of a repeat that is a redelivery: how many at most, by the contract's schedule
  std::vector<EachRow> each;        // empty: once
  Json variables = Json::object();  // of its row, if expanded from `each` (expand.h)
  std::optional<Until> until;
  std::optional<Evidence> evidence;  // of what it expects; else the scenario's
  std::string pointer;               // JSON Pointer in the file
  Place place;
};

// A state of the account by name, for targets that support provider states but no records.
struct GivenState {
  std::string name;
  Json params = Json::object();      // template tree
  std::vector<std::string> returns;  // variables that setting it returns
  std::string pointer;
};

struct Given {
  std::optional<Time> clock;
  bool clock_runs = false;  // on a served mock; in a run it stands still
  std::optional<std::uint64_t> seed;
  Json ids = Json::object();
  Json profile;  // null: the scenario holds in every profile
  Json settings = Json::object();
  Json variables = Json::object();
  Json records = Json::object();  // collection -> list; of the scenario's api, or "api.collection"
  Json faults = Json::array();
  std::vector<GivenState> states;
  bool alone = false;  // the account has no records but these
  Json limits;         // null: the limits of the contracts
  std::string pointer = "/given";
};

struct Scenario {
  std::string file;   // as named in messages
  std::string stem;   // file name without folder and .yaml
  std::string title;  // scenario:
  std::string api;
  std::vector<std::string> labels;
  std::optional<Evidence> evidence;  // of what its steps expect; absent: as the contract says
  Given given;
  std::vector<EachRow> each;  // empty: once
  std::vector<Step> steps;
  std::vector<Step> cleanup;  // as written; run last first
};

}  // namespace understudy
