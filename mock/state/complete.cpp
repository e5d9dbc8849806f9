// New records get their defaults, ids and times; changed ones what the model of their collection says.
#include <limits>

#include "contracts/src/base/hash.h"
#include "contracts/src/base/regex.h"
#include "contracts/src/schema/sample.h"
#include "mock/state/transaction.h"

namespace understudy {
namespace {

constexpr int kMostDraws = 100;  // of an id whose pattern has few texts; then the number is the id

// The id for a number of the sequence: the number, as a text where the schema says so, or a text of its format or pattern.
Json make_id(const Contract& contract, const Collection& collection, std::int64_t number) {
  const Json& schema = collection.id_schema;
  if (schema.is_null() || schema.value("type", Json()) != "string") return number;
  const std::string plain = std::to_string(number);
  const Json pattern = schema.value("pattern", Json());
  const auto regex = Regex::compile(pattern.is_string() ? pattern.get_ref<const std::string&>() : std::string());
  const bool is_plain = !schema.contains("format") && (!regex || regex->search(plain) != Verdict::no);
  return is_plain ? Json(plain) : Sampler(contract.document, fnv1a(collection.sequence) + static_cast<std::uint64_t>(number)).make(&schema);
}

// A time as the member's schema writes it: RFC 3339, a date, or seconds.
Json write_time(const Contract& contract, const Json* schema, Time now) {
  schema = follow_refs(contract.document, schema);
  const auto is = [&](const char* word, const char* value) {
    return schema != nullptr && schema->is_object() && schema->value(word, Json()) == value;
  };
  if (is("type", "integer") || is("type", "number")) return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return is("format", "date") ? render_rfc3339(now).substr(0, 10) : render_rfc3339(now);
}

// Times, and what the model says: a new record gets all members that are not optional; a changed one what is required.
void follow_model(const Contract& contract, const Collection& collection, Json& record, Draws& env, bool is_new) {
  const Json* model = find_pointer(contract.document, collection.model);
  Sampler sampler(contract.document, env.random.next());
  const auto members = sampler.members(model);
  const auto set_times = [&](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const auto member = members.find(name);
      if (!is_new || !record.contains(name))
        record[name] = write_time(contract, member == members.end() ? nullptr : member->second, env.clock.now());
    }
  };
  if (is_new) set_times(collection.created_times);
  set_times(collection.updated_times);
  for (const auto& [name, member] : members) {
    const Json* schema = follow_refs(contract.document, member);
    if (schema != nullptr && schema->is_object() && schema->contains("default") && !record.contains(name))
      record[name] = schema->at("default");
  }
  if (is_new) {
    const Json made = sampler.fit(Json::object(), model, true);
    for (const auto& [name, value] : made.items()) {
      if (!record.contains(name) && !collection.optional.contains(name)) record[name] = value;
    }
  }
  const Json fitted = sampler.fit(record, model, false);
  for (const auto& [name, value] : fitted.items()) record[name] = value;
}

}  // namespace

Json Transaction::complete(std::string_view collection, Json record, Draws& env) const {
  const auto& collections = store_->contract().collections;
  const auto found = collections.find(collection);
  if (found == collections.end() || !record.is_object()) return record;
  const Collection& definition = found->second;
  for (auto given = definition.defaults.begin(); given != definition.defaults.end(); ++given) {
    if (!record.contains(given.key())) record[given.key()] = *given;
  }
  if (!definition.id_from.empty()) {
    const Json* from = find_pointer(record, definition.id_from);
    if (from != nullptr) record[definition.id_member] = Json(*from);
  } else if (!record.contains(definition.id_member)) {
    std::int64_t number = 0;
    Json id;
    int draws_left = kMostDraws;
    do {  // ids of seeded records are skipped
      number = env.ids.next(definition.sequence);
      id = make_id(store_->contract(), definition, number);
      if (--draws_left < 0 && id.is_string()) id = std::to_string(number);
    } while (number < std::numeric_limits<std::int64_t>::max() && contains(collection, as_text(id)));
    if (!definition.id_at.empty() && find_pointer(record, definition.id_at) == nullptr) set_pointer(record, definition.id_at, Json(id));
    record[definition.id_member] = std::move(id);
  }
  if (!definition.model.empty()) follow_model(store_->contract(), definition, record, env, true);
  return record;
}

Record Transaction::create(std::string_view collection, Json record, Draws& env) {
  Record stored = make_record(complete(collection, std::move(record), env));
  write(collection, store_->key_of(collection, *stored), stored);
  return stored;
}

Json Transaction::update(std::string_view collection, Json record, Draws& env) {
  const Contract& contract = store_->contract();
  const auto found = contract.collections.find(collection);
  if (found != contract.collections.end() && !found->second.model.empty()) follow_model(contract, found->second, record, env, false);
  put(collection, record);
  return record;
}

}  // namespace understudy
