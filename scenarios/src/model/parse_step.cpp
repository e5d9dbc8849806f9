#include "scenarios/src/model/parse_step.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "contracts/src/base/text.h"
#include "scenarios/src/model/parse.h"

namespace understudy {
namespace {

struct KindRow {
  Step::Kind kind;
  std::string key;                  // says the kind
  std::vector<std::string> others;  // besides `name`
};

const std::vector<KindRow>& kind_rows() {
  static const std::vector<KindRow> rows = {
      {Step::Kind::send, "send", {"with", "auth", "expect", "capture", "each", "until", "evidence"}},
      {Step::Kind::request, "request", {"auth", "expect", "capture", "each", "until", "evidence"}},
      {Step::Kind::calls, "calls", {"with", "auth", "expect", "capture", "each", "until", "evidence"}},
      {Step::Kind::repeat, "repeat", {"change", "auth", "expect", "capture", "each", "until", "evidence"}},
      {Step::Kind::repeat, "redeliver", {"auth", "expect", "capture", "evidence"}},
      {Step::Kind::advance, "advance", {}},
  };
  return rows;
}

const std::vector<std::string> kCleanupLeavesOut = {"repeat", "redeliver", "change", "advance", "capture", "each", "until"};

std::string qualify(const std::string& operation, const std::string& api) {
  return operation.empty() || operation.find('.') != std::string::npos ? operation : api + "." + operation;
}

// The kind of the step; null, and a problem, if it has none or several.
const KindRow* find_kind(ScenarioReader& reader, const std::string& pointer) {
  const KindRow* kind = nullptr;
  for (const KindRow& row : kind_rows()) {
    if (reader.find(pointer, row.key) == nullptr) continue;
    if (kind != nullptr) {
      reader.fail_key(join_pointer(pointer, row.key), "two-kinds",
                      fmt::format("found both '{}' and '{}' in one step, expected one of them", kind->key, row.key));
      return nullptr;
    }
    kind = &row;
  }
  if (kind == nullptr) reader.fail(pointer, "no-kind", "found a step without send, request, calls, repeat, redeliver or advance");
  return kind;
}

bool check_step_keys(ScenarioReader& reader, const std::string& pointer, const KindRow& row, bool is_cleanup) {
  std::vector<std::string> known = {"name", row.key};
  for (const std::string& key : row.others)
    if (!is_cleanup || !contains(kCleanupLeavesOut, key)) known.push_back(key);
  for (const auto& [key, value] : reader.find(pointer)->items()) {
    const bool is_elsewhere =
        std::any_of(kind_rows().begin(), kind_rows().end(), [&key = key](const KindRow& other) { return contains(other.others, key); });
    if (is_elsewhere && !contains(known, key))
      reader.fail_key(join_pointer(pointer, key), "misplaced-key",
                      fmt::format("found '{}' in {}, which takes {}", key,
                                  is_cleanup ? "a clean-up step" : fmt::format("a step with '{}'", row.key), fmt::join(known, ", ")));
  }
  return reader.keys(pointer, known, "a step");
}

Auth read_auth(ScenarioReader& reader, const std::string& step) {
  constexpr std::string_view kExpected = "none, garbage, expired, a template such as \"{{token}}\", or {scheme, token}";
  const std::string pointer = join_pointer(step, "auth");
  Auth auth;
  const Json* value = reader.find(pointer);
  if (value == nullptr) return auth;
  const auto read_word = [&](const std::string& word) {
    if (word == "garbage")
      auth.kind = Auth::Kind::garbage;
    else if (word == "expired")
      auth.kind = Auth::Kind::expired;
    else if (word == "none")
      auth.kind = Auth::Kind::none;
    else
      return false;
    return true;
  };
  if (value->is_string()) {
    const std::string word = value->get<std::string>();
    if (read_word(word)) return auth;
    if (word.find("{{") == std::string::npos) {
      reader.fail(pointer, "unknown-word",
                  fmt::format("found {}, expected {}{}", describe(*value), kExpected,
                              did_you_mean(word, std::vector<std::string>{"none", "garbage", "expired"})));
      return auth;
    }
    auth.kind = Auth::Kind::literal;
    auth.value = word;
  } else if (value->is_object()) {
    if (!reader.keys(pointer, {"scheme", "token"}, "how the step presents itself")) return auth;
    auth.scheme = reader.text(pointer, "scheme", "bearer, or the name of a header");
    const std::string token = reader.text(pointer, "token", "garbage, expired, or text");
    if (token == "none") reader.fail_value(join_pointer(pointer, "token"), "garbage, expired, or text (auth: none sends no credential)");
    if (!token.empty() && !read_word(token)) {
      auth.kind = Auth::Kind::literal;
      auth.value = token;
    }
  } else {
    reader.fail_value(pointer, kExpected);
  }
  return auth;
}

std::map<std::string, std::string> read_captures(ScenarioReader& reader, const std::string& step) {
  std::map<std::string, std::string> captures;
  const Json mapping = reader.mapping(step, "capture", "captures: a mapping of variables to JSON Pointers or $id");
  for (const auto& [name, value] : mapping.items()) {
    const std::string pointer = join_pointer(step, "capture", name);
    if (!is_variable_name(name) || name.starts_with("run."))
      reader.fail_key(pointer, "bad-variable-name",
                      fmt::format("found '{}', expected letters, digits, '_', '-' and '.', not starting with 'run.'", name));
    if (value.is_string())
      captures[name] = value.get<std::string>();
    else
      reader.fail_value(pointer, "a JSON Pointer such as /id, or $id");
  }
  return captures;
}

std::optional<Until> read_until(ScenarioReader& reader, const std::string& step) {
  constexpr Milliseconds kDefaultEvery{250};
  const std::string pointer = join_pointer(step, "until");
  if (reader.find(pointer) == nullptr || !reader.keys(pointer, {"within", "every"}, "how long to poll")) return std::nullopt;
  reader.need(pointer, "within", "how long to poll at most");
  return Until{.within = reader.duration(pointer, "within").value_or(Milliseconds{0}),
               .every = reader.duration(pointer, "every").value_or(kDefaultEvery)};
}

void read_redelivery(ScenarioReader& reader, Step& step) {
  const std::string pointer = join_pointer(step.pointer, "redeliver");
  step.redeliveries = 1;
  if (!reader.keys(pointer, {"of", "attempts"}, "what is delivered again")) return;
  reader.need(pointer, "of", "the name of the step whose batch is delivered again");
  step.repeat_of = reader.text(pointer, "of", "the name of an earlier step");
  const Json* attempts = reader.find(pointer, "attempts");
  if (attempts == nullptr) return;
  if (attempts->is_number_unsigned() && *attempts != 0)
    step.redeliveries = attempts->get<std::size_t>();
  else
    reader.fail_value(join_pointer(pointer, "attempts"), "an integer > 0");
}

CallStep read_call(ScenarioReader& reader, const std::string& pointer, const std::string& api) {
  CallStep call;
  call.pointer = pointer;
  call.place = reader.place(pointer);
  if (!reader.keys(pointer, {"send", "method", "id", "with", "expect", "capture"}, "a call")) return call;
  const bool is_send = reader.find(pointer, "send") != nullptr;
  const bool is_method = reader.find(pointer, "method") != nullptr;
  if (is_send == is_method)
    reader.fail(
        pointer, "no-kind",
        fmt::format("found {} in one call, expected one of them", is_send ? "both 'send' and 'method'" : "neither 'send' nor 'method'"));
  call.operation = qualify(reader.text(pointer, "send", "the name of an operation"), api);
  call.method = reader.text(pointer, "method", "a method's name on the wire, which is text");
  if (const Json* id = reader.find(pointer, "id")) {
    call.id = *id;
    if (id->is_structured() || id->is_boolean()) reader.fail_value(join_pointer(pointer, "id"), "a number or text");
  }
  const std::string with = join_pointer(pointer, "with");
  if (reader.find(with) != nullptr && reader.keys(with, {"params"}, "what the call carries"))
    if (const Json* params = reader.find(with, "params")) call.params = *params;
  call.expect = read_expectation(reader, pointer, true);
  call.capture = read_captures(reader, pointer);
  return call;
}

void read_calls(ScenarioReader& reader, Step& step, const std::string& api) {
  const auto calls = reader.elements(step.pointer, "calls", "a list of calls");
  if (calls.empty()) reader.fail_value(join_pointer(step.pointer, "calls"), "at least one call");
  for (const std::string& pointer : calls) step.calls.push_back(read_call(reader, pointer, api));
  step.calls_auth = step.auth.kind != Auth::Kind::none;
  const std::string with = join_pointer(step.pointer, "with");
  if (reader.find(with) != nullptr && reader.keys(with, {"query", "headers"}, "what is sent around the calls"))
    step.with = read_sending(reader, with, false);
}

void read_change(ScenarioReader& reader, Step& step) {
  step.change = reader.mapping(step.pointer, "change", "changes: a mapping of JSON Pointers to values");
  for (const auto& [target, value] : step.change.items()) {
    if (is_json_pointer(target)) continue;
    reader.fail_key(join_pointer(step.pointer, "change", target), "bad-pointer",
                    fmt::format("found '{}', expected a JSON Pointer such as /a/0/b", target));
  }
}

Step read_step(ScenarioReader& reader, const std::string& pointer, const std::string& api, bool is_cleanup) {
  Step step;
  step.pointer = pointer;
  step.place = reader.place(pointer);
  if (!reader.find(pointer)->is_object()) {
    reader.fail_value(pointer, "a step, which is a mapping with send, request, calls, repeat or advance");
    return step;
  }
  const KindRow* row = find_kind(reader, pointer);
  if (row == nullptr) return step;
  step.kind = row->kind;
  if (is_cleanup && contains(kCleanupLeavesOut, row->key))
    reader.fail_key(join_pointer(pointer, row->key), "misplaced-key",
                    fmt::format("found '{}' in a clean-up step, expected send, request or calls", row->key));
  if (!check_step_keys(reader, pointer, *row, is_cleanup)) return step;

  step.name = reader.text(pointer, "name", "a name, which is text");
  step.auth = read_auth(reader, pointer);
  switch (step.kind) {
    case Step::Kind::send:
      step.operation = qualify(reader.text(pointer, "send", "the name of an operation"), api);
      if (reader.find(pointer, "with") != nullptr) step.with = read_sending(reader, join_pointer(pointer, "with"), false);
      break;
    case Step::Kind::request: step.with = read_sending(reader, join_pointer(pointer, "request"), true); break;
    case Step::Kind::calls: read_calls(reader, step, api); break;
    case Step::Kind::repeat:
      if (row->key == "redeliver") {
        read_redelivery(reader, step);
        break;
      }
      step.repeat_of = reader.text(pointer, "repeat", "the name of an earlier step");
      read_change(reader, step);
      break;
    case Step::Kind::advance: step.advance = reader.duration(pointer, "advance").value_or(Milliseconds{0}); break;
  }
  step.expect = read_expectation(reader, pointer, false);
  step.capture = read_captures(reader, pointer);
  step.each = read_rows(reader, pointer);
  step.until = read_until(reader, pointer);
  step.evidence = reader.evidence(join_pointer(pointer, "evidence"));
  return step;
}

}  // namespace

std::vector<EachRow> read_rows(ScenarioReader& reader, std::string_view parent) {
  std::vector<EachRow> rows;
  const auto pointers = reader.elements(parent, "each", "a list of rows");
  if (pointers.empty() && reader.find(parent, "each") != nullptr) reader.fail_value(join_pointer(parent, "each"), "at least one row");
  for (const std::string& pointer : pointers) {
    EachRow row;
    row.place = reader.place(pointer);
    const Json& value = *reader.find(pointer);
    if (!value.is_object()) {
      reader.fail_value(pointer, "a row, which is a mapping with name and variables");
      continue;
    }
    reader.need(pointer, "name", "what verdicts call this row");
    row.name = reader.text(pointer, "name", "a name, which is text");
    row.evidence = reader.evidence(join_pointer(pointer, "evidence"));
    for (const auto& [name, variable] : value.items()) {
      if (name == "name" || name == "evidence") continue;
      if (!is_variable_name(name) || name.starts_with("run."))
        reader.fail_key(join_pointer(pointer, name), "bad-variable-name",
                        fmt::format("found '{}', expected letters, digits, '_', '-' and '.', not starting with 'run.'", name));
      row.variables[name] = variable;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Step> read_steps(ScenarioReader& reader, const std::string& api) {
  std::vector<Step> steps;
  const auto pointers = reader.elements("", "steps", "a list of steps");
  if (pointers.empty()) reader.fail_value("/steps", "at least one step");
  for (const std::string& pointer : pointers) {
    Step step = read_step(reader, pointer, api, false);
    step.number = steps.size() + 1;
    // A repeat sends the same operation again; lint checks that the step exists.
    for (const Step& earlier : steps)
      if (step.kind == Step::Kind::repeat && earlier.name == step.repeat_of) step.operation = earlier.operation;
    steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<Step> read_cleanup(ScenarioReader& reader, const std::string& api) {
  std::vector<Step> steps;
  for (const std::string& pointer : reader.elements("", "cleanup", "a list of steps")) {
    steps.push_back(read_step(reader, pointer, api, true));
    steps.back().number = steps.size();
  }
  return steps;
}

}  // namespace understudy
