#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "scenarios/src/model/parse_step.h"

namespace understudy {
namespace {

using Body = Sending::Body;

struct BodyRow {
  std::string key;
  Body kind;
};
const std::array<BodyRow, 4> kBodies = {{{"body", Body::json}, {"form", Body::form}, {"text", Body::text}, {"body_file", Body::file}}};

bool is_scalar(const Json& value) { return value.is_primitive() && !value.is_null(); }

bool is_template_object(const Json& value) {
  return value.is_object() && value.size() == 1 && (value.contains("$literal") || value.contains("$absent"));
}

// Names to scalars, or to lists of scalars where a name may occur more than once.
Json read_pairs(ScenarioReader& reader, const std::string& parent, const char* key, bool may_repeat, bool may_be_null) {
  Json pairs = reader.mapping(parent, key, fmt::format("{}: a mapping of names to values", key));
  for (const auto& [name, value] : pairs.items()) {
    const bool is_list = may_repeat && value.is_array() && std::ranges::all_of(value, is_scalar);
    if (is_scalar(value) || is_list || (may_be_null && value.is_null()) || is_template_object(value)) continue;
    reader.fail_value(join_pointer(parent, key, name), may_repeat ? "text, a number, true, false, or a list of them" : "text or a number");
  }
  return pairs;
}

void check_headers(ScenarioReader& reader, const std::string& pointer, const Json& headers) {
  const auto is_token = [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  const auto breaks_line = [](const Json& value) {
    return value.is_string() && value.get_ref<const std::string&>().find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
  };
  for (const auto& [name, value] : headers.items()) {
    if (name.empty() || !std::ranges::all_of(name, is_token))
      reader.fail_key(join_pointer(pointer, name), "bad-header", fmt::format("found '{}', expected the name of a header", name));
    if (breaks_line(value) || (value.is_array() && std::ranges::any_of(value, breaks_line)))
      reader.fail(join_pointer(pointer, name), "bad-header", "found a line break in a header's value");
  }
}

// Whether the path is below the scenario's folder, written without dots.
bool stays_below(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos)
    return false;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(std::min(part.size() + 1, path.size()));
  }
  return true;
}

void read_body(ScenarioReader& reader, const std::string& pointer, Sending& sending) {
  const BodyRow* first = nullptr;
  for (const BodyRow& row : kBodies) {
    const Json* value = reader.find(pointer, row.key);
    if (value == nullptr) continue;
    if (first != nullptr) {
      reader.fail_key(join_pointer(pointer, row.key), "two-bodies",
                      fmt::format("found both '{}' and '{}', expected one of them", first->key, row.key));
      return;
    }
    first = &row;
    sending.body_kind = row.kind;
    sending.body = *value;
    if (row.kind == Body::form) sending.body = read_pairs(reader, pointer, "form", true, false);
    if ((row.kind == Body::text || row.kind == Body::file) && !value->is_string())
      reader.fail_value(join_pointer(pointer, row.key), row.kind == Body::text ? "text, sent as it is" : "the name of a file");
    if (row.kind == Body::file && value->is_string() && !stays_below(value->get_ref<const std::string&>()))
      reader.fail(join_pointer(pointer, row.key), "outside-root",
                  fmt::format("found {}, expected a file below the scenario's folder, without '.' and '..'", describe(*value)));
  }
}

void read_status(ScenarioReader& reader, Expectation& expect) {
  const std::string pointer = join_pointer(expect.pointer, "status");
  const Json* status = reader.find(pointer);
  if (status == nullptr) return;
  expect.status = *status;
  const bool is_code = status->is_number_unsigned() && *status >= 100 && *status <= 599;
  if (!is_code && !status->is_object()) reader.fail_value(pointer, "a status from 100 to 599, or a matcher");
}

void read_items(ScenarioReader& reader, Expectation& expect) {
  for (const std::string& pointer : reader.elements(expect.pointer, "items", "a list of items, in the order they were sent")) {
    if (!reader.keys(pointer, {"answer", "body"}, "what one item answers")) return;
    (void)reader.text(pointer, "answer", "the name of an answer");
    expect.items.push_back(*reader.find(pointer));
  }
}

// A word for everything, or words by aspect.
void read_evidence(ScenarioReader& reader, Expectation& expect) {
  const auto pointer = join_pointer(expect.pointer, "evidence");
  const Json* written = reader.find(pointer);
  if (written == nullptr) return;
  if (!written->is_object()) {
    if (const auto evidence = reader.evidence(pointer)) expect.evidence[""] = *evidence;
    return;
  }
  static const std::vector<std::string> kAspects = {"answer", "status", "reason", "headers", "body", "text"};
  for (const auto& [name, word] : written->items()) {
    const auto at = join_pointer(pointer, name);
    if (!contains(kAspects, name) && !name.starts_with("/") && !name.starts_with("header "))
      reader.fail_key(at, "unknown-aspect",
                      fmt::format("found '{}', expected {}, header NAME, or a JSON Pointer into the body{}", name,
                                  fmt::join(kAspects, ", "), did_you_mean(name, kAspects)));
    if (const auto evidence = reader.evidence(at)) expect.evidence[name.starts_with("header ") ? to_lower(name) : name] = *evidence;
  }
}

void check_alone(ScenarioReader& reader, const Expectation& expect, const char* key) {
  for (const auto& [other, value] : reader.find(expect.pointer)->items())
    if (other != key && other != "contract" && other != "evidence")
      reader.fail_key(join_pointer(expect.pointer, other), "contradiction",
                      fmt::format("found '{}' beside '{}': without a whole answer there is nothing to judge", other, key));
}

}  // namespace

Sending read_sending(ScenarioReader& reader, const std::string& pointer, bool is_request) {
  Sending sending;
  sending.pointer = pointer;
  std::vector<std::string> known = {"path", "query", "headers", "body", "form", "text", "body_file"};
  if (is_request) known.insert(known.begin(), "method");
  if (!reader.keys(pointer, known, "what is sent")) return sending;
  if (is_request) {
    reader.need(pointer, "method", "GET, POST, ...");
    reader.need(pointer, "path", "where it goes, below the API's base");
    sending.method = reader.text(pointer, "method", "a method, which is text");
    sending.path = reader.text(pointer, "path", "a path, which is text");
    if (!sending.path.empty() && sending.path.front() != '/')
      reader.fail_value(join_pointer(pointer, "path"), "a path that starts with '/'");
    if (sending.method.find_first_of(" \t\r\n") != std::string::npos)
      reader.fail_value(join_pointer(pointer, "method"), "a method without spaces");
  } else {
    sending.path_parameters = read_pairs(reader, pointer, "path", false, false);
  }
  sending.query = read_pairs(reader, pointer, "query", true, false);
  sending.headers = read_pairs(reader, pointer, "headers", true, true);
  check_headers(reader, join_pointer(pointer, "headers"), sending.headers);
  read_body(reader, pointer, sending);
  return sending;
}

Expectation read_expectation(ScenarioReader& reader, std::string_view parent, bool is_call) {
  Expectation expect;
  expect.pointer = join_pointer(parent, "expect");
  expect.place = reader.place(expect.pointer);
  if (reader.find(expect.pointer) == nullptr) return expect;
  expect.written = true;
  const std::vector<std::string> known =
      is_call ? std::vector<std::string>{"answer", "body", "items", "contract", "evidence"}
              : std::vector<std::string>{"answer", "status", "reason", "headers", "body", "text", "transport", "contract", "evidence"};
  if (!reader.keys(expect.pointer, known, "what comes back")) return expect;
  const auto optional = [&](const char* key) -> std::optional<Json> {
    const Json* value = reader.find(expect.pointer, key);
    return value == nullptr ? std::nullopt : std::optional<Json>(*value);
  };
  expect.answer = reader.text(expect.pointer, "answer", "the name of an answer");
  read_status(reader, expect);
  expect.reason = optional("reason");
  expect.body = optional("body");
  expect.text = optional("text");
  if (reader.find(expect.pointer, "headers") != nullptr)
    expect.headers = reader.mapping(expect.pointer, "headers", "headers: a mapping of names to matchers");
  for (const char* key : {"reason", "text"}) {
    const Json* value = reader.find(expect.pointer, key);
    if (value != nullptr && !value->is_string() && !value->is_object())
      reader.fail_value(join_pointer(expect.pointer, key), "text or a matcher");
  }
  if (expect.body && expect.text)
    reader.fail_key(join_pointer(expect.pointer, "text"), "contradiction", "found both 'body' and 'text', expected one of them");
  read_items(reader, expect);
  expect.transport = reader.word(expect.pointer, "transport", {"reset", "close", "timeout", "truncated", "malformed"});
  if (!expect.transport.empty()) check_alone(reader, expect, "transport");
  expect.contract_checked = reader.word(expect.pointer, "contract", {"checked", "unchecked"}) != "unchecked";
  read_evidence(reader, expect);
  return expect;
}

}  // namespace understudy
