// Reads the words of rules.yaml and collections.yaml that choose, make and change stored records.
#include <algorithm>

#include "contracts/src/base/text.h"
#include "contracts/src/load/parts.h"

namespace understudy {
namespace {

using NameList = std::vector<std::string>;  // that templates know beside those of the request

// The names that `called` gives anywhere below.
void collect_called(const Json& value, NameList& names) {
  if (value.is_object() && value.contains("called") && value.at("called").is_string())
    names.push_back(value.at("called").get<std::string>());
  if (!value.is_structured()) return;
  for (const Json& one : value) collect_called(one, names);
}

// Only set where it is written.
std::optional<Template> optional_template(const LoadContext& context, Reader& reader, const std::string& at, const NameList& names) {
  if (!reader.has(at)) return std::nullopt;
  return read_template(context, reader, at, names);
}

RecordChange::Members read_members(const LoadContext& context, Reader& reader, const std::string& at, const NameList& names) {
  RecordChange::Members members;
  for (const std::string& name : reader.members(at))
    members.emplace_back(member_pointer(name), read_template(context, reader, join_pointer(at, name), names));
  return members;
}

std::string read_collection(const LoadContext& context, Reader& reader, const std::string& at) {
  const std::string name = reader.text(at);
  if (name.empty() || context.contract.collections.contains(name)) return name;
  NameList known;
  for (const auto& [one, definition] : context.contract.collections) known.push_back(one);
  reader.fail(at, "unknown-collection", "found unknown collection '" + name + "'" + did_you_mean(name, known));
  return name;
}

// A member that means something only beside another one.
void check_partners(Reader& reader, const std::string& at) {
  if (reader.is_checked()) return;
  struct Partner {
    const char *name, *of;
  };
  constexpr Partner kPartners[] = {{"as", "each"},    {"where", "in"},     {"in", "where"},     {"element", "at"},  {"at", "element"},
                                   {"key", "append"}, {"at_least", "add"}, {"value", "create"}, {"create", "value"}};
  for (const Partner& one : kPartners) {
    if (reader.has(join_pointer(at, one.name)) && !reader.has(join_pointer(at, one.of)))
      reader.fail(at, "missing-key", std::string("found '") + one.name + "' without '" + one.of + "'");
  }
}

std::string read_answer(LoadContext& context, Reader& reader, const std::string& at) {
  std::string answer = reader.text(at);
  if (!answer.empty()) context.change_answers.emplace_back(at, answer);
  return answer;
}

void read_target(LoadContext& context, Reader& reader, const std::string& at, RecordChange& change, NameList& names) {
  change.collection = read_collection(context, reader, at + "/in");
  change.where = read_template(context, reader, at + "/where", names);
  if (!change.collection.empty()) names.push_back("found");
  if (reader.has(at + "/at")) change.list = member_pointer(reader.text(at + "/at"));
  change.element = read_template(context, reader, at + "/element", names);
  if (!change.list.empty()) names.push_back("element");
  const std::string missing = reader.text(at + "/missing", "ignore");
  if (missing == "ignore") return;
  change.missing = missing == RecordChange::kCreate ? missing : read_answer(context, reader, at + "/missing");
}

void read_effects(LoadContext& context, Reader& reader, const std::string& at, RecordChange& change, const NameList& names) {
  change.set = read_members(context, reader, at + "/set", names);
  change.add = read_members(context, reader, at + "/add", names);
  change.append = read_members(context, reader, at + "/append", names);
  if (reader.has(at + "/key")) change.key = member_pointer(reader.text(at + "/key"));
  if (const Json* least = reader.find(at + "/at_least")) {
    static_cast<void>(reader.number(at + "/at_least"));
    change.at_least = *least;
  }
  if (const Json* remove = reader.find(at + "/remove"); remove != nullptr && remove->is_object())
    change.remove_elements = read_members(context, reader, at + "/remove", names);
  else
    change.removes = reader.flag(at + "/remove");
  change.creates = read_collection(context, reader, at + "/create");
  change.value = read_template(context, reader, at + "/value", names);
  change.refuse = read_answer(context, reader, at + "/refuse");
  change.message = read_template(context, reader, at + "/message", names);
}

std::vector<RecordChange> read_changes(LoadContext& context, Reader& reader, const std::string& at, const Operation& operation,
                                       const NameList& names);

RecordChange read_change(LoadContext& context, Reader& reader, const std::string& at, const Operation& operation, NameList names) {
  reader.keys(at, {"each",     "as",     "in",  "where",  "at",     "element", "missing", "if",      "set",    "add",
                   "at_least", "append", "key", "remove", "create", "value",   "refuse",  "message", "called", "then"});
  check_partners(reader, at);
  RecordChange change{.as = reader.text(at + "/as", "item"), .place = reader.place(at)};
  change.each = optional_template(context, reader, at + "/each", names);
  if (change.each) names.push_back(change.as);
  read_target(context, reader, at, change, names);
  change.condition = optional_template(context, reader, at + "/if", names);
  read_effects(context, reader, at, change, names);
  change.called = reader.text(at + "/called");
  change.then = read_changes(context, reader, at + "/then", operation, names);
  const bool stores = operation.perform == Perform::create || operation.perform == Perform::update ||
                      (operation.perform == Perform::change && operation.names_record());
  if (change.writes() && change.collection.empty() && !stores)
    reader.fail(at, "missing-key", "found a change of the operation's record, but '" + operation.id + "' names none: expected 'in'");
  return change;
}

std::vector<RecordChange> read_changes(LoadContext& context, Reader& reader, const std::string& at, const Operation& operation,
                                       const NameList& names) {
  std::vector<RecordChange> changes;
  const std::size_t count = reader.size(at);
  changes.reserve(count);
  for (std::size_t i = 0; i < count && !reader.failed(); ++i)
    changes.push_back(read_change(context, reader, join_pointer(at, i), operation, names));
  return changes;
}

void collect_roots(const RecordChange::Members& members, std::set<std::string, std::less<>>& roots) {
  for (const auto& [pointer, value] : members) roots.insert(value.roots().begin(), value.roots().end());
}

void collect_roots(const std::vector<RecordChange>& changes, std::set<std::string, std::less<>>& roots) {
  for (const RecordChange& change : changes) {
    for (const auto* one : {&change.each, &change.condition}) {
      if (*one) roots.insert((*one)->roots().begin(), (*one)->roots().end());
    }
    for (const auto* one : {&change.where, &change.element, &change.value, &change.message})
      roots.insert(one->roots().begin(), one->roots().end());
    for (const auto* members : {&change.set, &change.add, &change.append, &change.remove_elements}) collect_roots(*members, roots);
    collect_roots(change.then, roots);
  }
}

// A word that the verb of the operation does not have.
void check_verb(Reader& reader, const std::string& at, const Operation& operation) {
  if (reader.is_checked()) return;
  using enum Perform;
  struct Word {
    const char* name;
    std::vector<Perform> verbs;
  };
  const Word words[] = {{"record", {create, update}},
                        {"missing", {read, update}},
                        {"replace", {update}},
                        {"merge", {update}},
                        {"sort", {list}},
                        {"from", {list, read}},
                        {"where", {list, read, update, remove, change}}};
  for (const Word& word : words) {
    if (reader.has(join_pointer(at, word.name)) && !contains(word.verbs, operation.perform))
      reader.fail(join_pointer(at, word.name), "wrong-verb", std::string("found '") + word.name + "', which this verb does not have");
  }
  if (operation.perform == change && operation.changes.empty() && !reader.failed())
    reader.fail(at, "missing-key", "perform: change needs 'changes'");
}

}  // namespace

void load_changes(LoadContext& context, Reader& reader, Operation& operation) {
  const std::string at = join_pointer("/operations", operation.id);
  for (const char* word : {"id", "where", "from", "record", "changes"}) {
    if (const Json* written = reader.find(join_pointer(at, word))) operation.words[word] = *written;
  }
  operation.record_id = reader.text(at + "/id");
  if (operation.record_id.find("{{") != std::string::npos) {
    operation.id_template = read_template(context, reader, at + "/id", {});
    operation.record_id.clear();
  }
  NameList called;
  if (const Json* changes = reader.find(at + "/changes")) collect_called(*changes, called);
  context.module_names.insert(context.module_names.end(), called.begin(), called.end());
  operation.where = optional_template(context, reader, at + "/where", called);
  operation.from = optional_template(context, reader, at + "/from", called);
  operation.record = optional_template(context, reader, at + "/record", {});
  operation.missing = optional_template(context, reader, at + "/missing", {});
  called.push_back("record");
  operation.changes = read_changes(context, reader, at + "/changes", operation, called);
  check_verb(reader, at, operation);
  for (const auto* one : {&operation.id_template, &operation.where, &operation.from, &operation.record, &operation.missing}) {
    if (*one) operation.names.insert((*one)->roots().begin(), (*one)->roots().end());
  }
  collect_roots(operation.changes, operation.names);
}

void load_later(LoadContext& context, Reader& reader, const std::string& at, Collection& collection) {
  for (std::size_t i = 0, n = reader.size(at); i < n; ++i) {
    const std::string step = join_pointer(at, i);
    reader.keys(step, {"since", "from", "after", "set"});
    static_cast<void>(reader.required_text(step + "/since"));
    for (const char* name : {"from", "after", "set"}) {
      if (!reader.has(join_pointer(step, name))) reader.fail(step, "missing-key", std::string("'") + name + "' is missing");
    }
    if (reader.failed()) return;
    static_cast<void>(reader.members(step + "/from"));
    const Json& from = *reader.find(step + "/from");
    const Json& after = *reader.find(step + "/after");
    if (after.is_object())
      reader.keys(step + "/after", {"switch"});
    else if (!delay_of(after))
      reader.fail(step + "/after", "bad-duration",
                  "found " + describe(after) + ", expected a duration as in 5s, seconds, or {switch: name}");
    collection.later.push_back({.since = member_pointer(reader.text(step + "/since")),
                                .from = from,
                                .after = after,
                                .set = read_members(context, reader, step + "/set", {"record"})});
  }
  if (!collection.later.empty()) context.contract.changing.push_back(collection.name);
}

void check_later(LoadContext& context, Reader& reader) {
  for (const std::string& name : context.contract.changing) {
    const auto& steps = context.contract.collections.at(name).later;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!steps[i].after.is_object()) continue;
      const std::string at = join_pointer("/collections", name, "later", std::to_string(i), "after");
      const std::string word = reader.required_text(at + "/switch");
      const Switch* one = context.contract.find_switch(word);
      if (one == nullptr) return reader.fail(at, "unknown-switch", "found unknown switch '" + word + "'");
      for (const Json& value : one->values()) {
        if (!delay_of(value))
          reader.fail(at, "bad-duration", "switch '" + word + "' has the value " + describe(value) + ", which is no duration");
      }
    }
  }
}

}  // namespace understudy
