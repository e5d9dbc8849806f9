#include <algorithm>
#include <array>
#include <set>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/load/parts.h"
#include "contracts/src/model/check.h"
#include "contracts/src/model/rules.h"

namespace understudy {
namespace {

// True: the pointer is about the stored record, and has lost its prefix.
bool strip_record_prefix(std::string& pointer) {
  if (!pointer.starts_with(kRecordPrefix)) return false;
  pointer.erase(0, kRecordPrefix.size());
  return true;
}

Condition read_condition(LoadContext& context, Reader& reader, const std::string& at) {
  constexpr std::array<std::pair<const char*, Condition::Kind>, 4> kKinds = {{{"setting", Condition::Kind::setting},
                                                                              {"switch", Condition::Kind::switch_value},
                                                                              {"value", Condition::Kind::value},
                                                                              {"present", Condition::Kind::present}}};
  reader.keys(at, {"setting", "switch", "value", "present", "is"});
  Condition condition;
  if (const Json* is = reader.find(at + "/is"); is != nullptr) condition.is = *is;
  const auto found = std::ranges::find_if(kKinds, [&](const auto& kind) { return reader.has(join_pointer(at, kind.first)); });
  if (found == kKinds.end()) {
    reader.fail(at, "missing-key", "a condition needs one of setting, switch, value, present");
    return condition;
  }
  const std::string word = found->first, pointer = join_pointer(at, word);
  condition.kind = found->second;
  condition.name = reader.text(pointer);
  condition.about_record = strip_record_prefix(condition.name);
  const bool is_setting = word == "setting";
  if (!is_setting && word != "switch") return condition;
  const auto known = is_setting ? names_of(context.contract.settings) : names_of(context.contract.switches);
  if (!contains(known, condition.name))
    reader.fail(pointer, "unknown-" + word, "found unknown " + word + " '" + condition.name + "'" + did_you_mean(condition.name, known));
  return condition;
}

void check_argument(Reader& reader, const LoadContext& context, const Row& row, const std::string& at) {
  if (reader.is_checked()) return;
  const std::string verb = at + "/" + std::string(to_string(row.verb));
  const Json& argument = row.argument;
  const auto wants = [&](bool right, std::string_view what) {
    if (!right) reader.fail(verb, "bad-argument", "found " + describe(argument) + ", expected " + std::string(what));
  };
  switch (row.verb) {
    case Verb::required: return wants(argument == true || argument == "non_empty", "true or non_empty");
    case Verb::forbidden:
      if (argument.is_object()) return reader.keys(verb, {"unless"});
      return wants(argument == true, "true or {unless: [...]}");
    case Verb::ignored: return wants(argument == true, "true");
    case Verb::more_than:
    case Verb::at_least: return wants(is_number(argument), "a number");
    case Verb::items_at_least: return wants(argument.is_number_unsigned(), "a count");
    case Verb::format: return wants(argument.is_string() && is_known_row_format(argument.get<std::string>()), "a known format");
    case Verb::becomes:
      reader.keys(verb, {"value", "constant"});
      return wants(argument.is_object() && argument.size() == 1 && argument.value("value", Json("")).is_string(),
                   "{value: POINTER} or {constant: x}");
    case Verb::unique_in:
      reader.keys(verb, {"collection", "keys", "same"});
      wants(argument.is_object() && !reader.texts(verb + "/keys").empty(), "{collection: ..., keys: [POINTER, ...]}");
      break;
    case Verb::exists_in:
      reader.keys(verb, {"collection", "key", "always"});
      if (argument.contains("always")) {
        reader.keys(verb + "/always", {"switch", "is"});
        const std::string name = reader.required_text(verb + "/always/switch");
        if (context.contract.find_switch(name) == nullptr)
          reader.fail(verb + "/always", "unknown-switch", "found unknown switch '" + name + "'");
      }
      wants(argument.is_object() && !reader.required_text(verb + "/key").empty(), "{collection: ..., key: POINTER}");
      break;
  }
  const std::string collection = reader.required_text(verb + "/collection");
  if (!context.contract.collections.contains(collection))
    reader.fail(verb + "/collection", "unknown-collection", "found unknown collection '" + collection + "'");
}

// What the row is about exists in the body.
void check_members(Reader& reader, const LoadContext& context, const Operation& operation, const Row& row, const std::string& at) {
  if (reader.is_checked()) return;
  const std::string& body = operation.body_schema;
  // Rows of an operation with items are about one item.
  const std::string prefix = operation.items.empty() ? "" : operation.items + "/*";
  if (!row.about_record && !declares_member(context.contract.document, body, prefix + row.at)) {
    reader.fail(at + "/at", "unknown-member", "the body of " + operation.id + " declares no '" + row.at + "'");
  }
  for (std::size_t i = 0; i < row.when.size(); ++i) {
    const Condition& one = row.when[i];
    const bool points = !one.about_record && (one.kind == Condition::Kind::value || one.kind == Condition::Kind::present);
    if (points && !declares_member(context.contract.document, body, prefix + one.name)) {
      reader.fail(join_pointer(at + "/when", i), "unknown-member", "the body of " + operation.id + " declares no '" + one.name + "'");
    }
  }
}

// A row about the stored record needs an operation that names one, and changes nothing.
void check_record(Reader& reader, const Operation& operation, const Row& row, const std::string& at) {
  const bool looks = row.about_record || std::ranges::any_of(row.when, &Condition::about_record);
  if (looks && (!operation.names_record() || operation.perform == Perform::list || operation.from))
    reader.fail(at + "/at", "no-record", operation.id + " names no stored record that a row can look at");
  constexpr std::array kOfBody = {Verb::ignored, Verb::becomes, Verb::unique_in, Verb::exists_in};
  if (row.about_record && contains(kOfBody, row.verb))
    reader.fail(at, "wrong-verb", "found " + std::string(to_string(row.verb)) + ", which is about the body only");
}

Row read_row(LoadContext& context, Reader& reader, const Operation& operation, const std::string& at) {
  reader.keys(at, {"id", "at", "required", "forbidden", "ignored", "more_than", "at_least", "items_at_least", "format", "unique_in",
                   "exists_in", "becomes", "when", "refuse", "message", "source", "evidence", "because"});
  Row row;
  row.id = operation.id + "." + reader.required_text(at + "/id");
  row.at = reader.required_text(at + "/at");
  row.about_record = strip_record_prefix(row.at);
  std::size_t verbs = 0;
  for (std::size_t i = 0; i < kVerbs.size(); ++i) {
    const Json* argument = reader.find(join_pointer(at, kVerbs[i]));
    if (argument == nullptr) continue;
    ++verbs;
    row.verb = static_cast<Verb>(i);
    row.argument = *argument;
  }
  if (verbs != 1) {
    reader.fail(at, "one-verb", "a row needs exactly one verb, found " + std::to_string(verbs));
    return row;
  }
  for (std::size_t i = 0, n = reader.size(at + "/when"); i < n; ++i)
    row.when.push_back(read_condition(context, reader, join_pointer(at + "/when", i)));
  row.refuse = reader.text(at + "/refuse", operation.refusals.rows.empty() ? context.default_refuse : operation.refusals.rows);
  row.message = reader.text(at + "/message");
  row.fact = read_fact(reader, at, context.rule_defaults);
  row.place = reader.place(at);
  check_members(reader, context, operation, row, at);
  check_argument(reader, context, row, at);
  const std::string verb = join_pointer(at, to_string(row.verb));
  if (row.verb == Verb::unique_in) row.keys = reader.texts(verb + (row.argument.contains("same") ? "/same" : "/keys"));
  if (row.verb == Verb::exists_in) row.keys = {reader.text(verb + "/key")};
  check_record(reader, operation, row, at);
  return row;
}

}  // namespace

Fact read_fact(Reader& reader, std::string_view pointer, const Fact& defaults) {
  const std::string at(pointer);
  Fact fact = defaults;
  fact.source = reader.text(at + "/source", defaults.source);
  if (const auto evidence = reader.evidence(at + "/evidence")) fact.evidence = *evidence;
  fact.because = reader.text(at + "/because");
  return fact;
}

void load_rows(LoadContext& context, Reader& reader) {
  for (const std::string& id : reader.members("/rows")) {
    const std::string at = join_pointer("/rows", id);
    const auto found = std::ranges::find(context.contract.operations, id, &Operation::id);
    if (found == context.contract.operations.end()) {
      reader.fail_key(at, "unknown-operation", "found rows of unknown operation '" + id + "'");
      return;
    }
    std::set<std::string> ids;
    const std::size_t count = reader.size(at);
    found->rows.reserve(found->rows.size() + count);
    for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
      Row row = read_row(context, reader, *found, join_pointer(at, i));
      if (!ids.insert(row.id).second) reader.fail(join_pointer(at, i), "duplicate-row", "row id '" + row.id + "' is used twice");
      found->looks_at_record |= row.about_record || std::ranges::any_of(row.when, &Condition::about_record);
      found->rows.push_back(std::move(row));
    }
  }
}

}  // namespace understudy
