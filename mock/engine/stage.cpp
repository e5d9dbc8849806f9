// Makes a tenant from the document that a scenario or PUT /__admin/tenants/{name} gives.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "contracts/src/base/hash.h"
#include "mock/engine/engine.h"
#include "scenarios/src/model/limit_words.h"

namespace understudy {
namespace {

Problem bad_given(std::string code, std::string message) { return make_problem(Failure::bad_file, std::move(code), std::move(message)); }

// A reference, because the object that items() iterates over must outlive the loop.
const Json& members(const Json& given, const char* name) {
  static const Json kNone = Json::object();
  const auto found = given.find(name);
  return found == given.end() ? kNone : *found;
}

std::optional<Problem> check_names(const Json& given) {
  const std::vector<std::string> known = {"api",     "clock",  "seed",   "ids",         "profile", "settings",
                                          "records", "faults", "limits", "credentials", "scenario"};
  for (const auto& [name, value] : given.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return bad_given("unknown-key", "found unknown member '" + name + "'" + did_you_mean(name, known));
  }
  for (const char* name : {"ids", "settings", "records", "credentials", "scenario"}) {
    if (given.contains(name) && !given[name].is_object()) return bad_given("wrong-type", std::string("'") + name + "' is not an object");
  }
  if (given.contains("faults") && !given["faults"].is_array()) return bad_given("wrong-type", "'faults' is not a list");
  return std::nullopt;
}

// A time at which the clock stands still, or {start: time, runs: true or false}.
std::optional<Clock> read_clock(const Json& clock) {
  const bool is_pair = clock.is_object() && clock.size() == 2 && clock.contains("start") && clock.contains("runs");
  const Json& start = is_pair ? clock["start"] : clock;
  const auto time = start.is_string() ? parse_rfc3339(start.get_ref<const std::string&>()) : std::nullopt;
  if (!time || (is_pair && !clock["runs"].is_boolean())) return std::nullopt;
  return is_pair && clock["runs"] == true ? Clock(std::chrono::duration_cast<Milliseconds>(*time - Clock().now())) : Clock(*time);
}

void start_sequence(Tenant& tenant, const std::string& api, const std::string& sequence, std::int64_t first) {
  const std::string name = api + "." + sequence;
  tenant.write(change::SequenceMoved{.sequence = name, .next = first});
}

std::optional<Problem> give_env(Tenant& tenant, const Json& given, const Engine& engine) {
  if (const auto clock = given.find("clock"); clock != given.end()) {
    const auto read = read_clock(*clock);
    if (!read)
      return bad_given("bad-clock", "found clock " + describe(*clock) + ", expected an RFC 3339 time, or {start: one, runs: true}");
    tenant.write(change::ClockMoved{.clock = *read});
  }
  if (const auto seed = given.find("seed"); seed != given.end()) {
    if (!seed->is_number_integer()) return bad_given("wrong-type", "'seed' is not an integer");
    tenant.write(change::RandomMoved{.random = Random(static_cast<std::uint64_t>(seed->get<std::int64_t>()))});
  }
  for (const auto& contract : engine.contracts.apis) {
    for (const auto& [sequence, first] : contract->sequences) start_sequence(tenant, contract->api, sequence, first);
  }
  const Json firsts = given.value("ids", Json::object());
  for (const auto& [sequence, first] : firsts.items()) {
    if (!first.is_number_integer()) return bad_given("wrong-type", "the first number of sequence '" + sequence + "' is not an integer");
    start_sequence(tenant, tenant.api, sequence, first.get<std::int64_t>());
  }
  return std::nullopt;
}

std::optional<Problem> give_settings(Tenant& tenant, const Json& given, const Engine& engine) {
  std::vector<std::string> known;
  for (const auto& contract : engine.contracts.apis) {
    for (const Setting& setting : contract->settings) {
      tenant.write(change::SettingSet{.api = contract->api, .setting = setting.name, .value = setting.value});
      known.push_back(setting.name);
    }
  }
  for (const auto& [name, value] : members(given, "settings").items()) {
    if (!value.is_boolean()) return bad_given("wrong-type", "setting '" + name + "' is not true or false");
    bool found = false;
    for (const auto& contract : engine.contracts.apis) {
      if (contract->find_setting(name) == nullptr) continue;
      tenant.write(change::SettingSet{.api = contract->api, .setting = name, .value = value.get<bool>()});
      found = true;
    }
    if (!found) return bad_given("unknown-setting", "found unknown setting '" + name + "'" + did_you_mean(name, known));
  }
  return std::nullopt;
}

// Of what the answers with its records depend on.
std::string seed_digest(const Json& given) {
  constexpr std::array<std::string_view, 4> kOther = {"scenario", "credentials", "faults", "limits"};
  Sha256 hash;
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(kOther, name) == kOther.end()) hash.add(fmt::format("{}: {}\n", name, render_json(value)));
  }
  return hash.finish();
}

std::optional<Problem> give_records(Tenant& tenant, const Json& given, const Engine& engine) {
  struct Seeded {
    std::string name;
    const Contract& contract;
    std::string collection;
    std::vector<Record> records;
  };
  std::vector<Seeded> seeded;
  for (const auto& [name, records] : members(given, "records").items()) {
    const auto dot = name.find('.');
    const std::string api = dot == std::string::npos ? tenant.api : name.substr(0, dot);
    const std::string collection = dot == std::string::npos ? name : name.substr(dot + 1);
    const Contract* contract = engine.contracts.find_api(api);
    if (contract == nullptr) return bad_given("unknown-api", "records of '" + name + "': name the API too, as in <api>.<collection>");
    auto records_seeded = seed_records(tenant, *contract, collection, records, true);
    if (!records_seeded) return std::move(records_seeded.error());
    seeded.push_back({.name = name, .contract = *contract, .collection = collection, .records = std::move(*records_seeded)});
  }
  if (seeded.empty()) return std::nullopt;
  std::string digest = seed_digest(given);
  if (engine.right_seeds.contains(digest)) return std::nullopt;
  // Afterwards, because an answer may show records of several collections.
  for (const Seeded& one : seeded) {
    const ApiState& state = tenant.state().states_by_api.at(one.contract.api);
    auto problem = check_seed(engine.right_seeds, tenant, one.contract, state, one.collection, one.records);
    if (!problem) continue;
    problem->pointer = join_pointer("/records", one.name) + problem->pointer;
    return problem;
  }
  engine.right_seeds.add(std::move(digest));
  return std::nullopt;
}

void set_limit(Tenant& tenant, const std::string& api, const std::optional<RateLimit>& limit) {
  tenant.write(change::LimitSet{.api = api, .limit = limit ? std::make_shared<const RateLimit>(*limit) : nullptr});
}

std::optional<Problem> give_limits(Tenant& tenant, const Json& given, const Engine& engine) {
  for (const auto& contract : engine.contracts.apis) {
    if (engine.options.rate_limits) set_limit(tenant, contract->api, contract->rate_limit);
  }
  const auto limits = given.find("limits");
  return limits == given.end() ? std::nullopt : set_limits(tenant, *limits, engine.contracts, tenant.api);
}

std::optional<Problem> give_faults(Tenant& tenant, const Json& given, const Engine& engine) {
  const auto faults = read_faults(given.value("faults", Json::array()), engine.contracts, tenant.api);
  if (!faults) return faults.error();
  if (auto problem = check_fault_count(tenant, faults->size())) return problem;
  arm_faults(tenant, *faults);
  return std::nullopt;
}

// The records that the contracts themselves define.
void add_contract_records(Tenant& tenant, const Contracts& contracts) {
  for (const auto& contract : contracts.apis) {
    Draws env(tenant, contract->api);
    for (const auto& [collection, records] : contract->records) {
      Transaction transaction(tenant.state().states_by_api.at(contract->api).store);
      for (const Json& record : records) transaction.create(collection, record, env);
      transaction.commit(tenant);
    }
  }
}

// Why this fault can never apply to the operation; empty if it can.
std::string find_impossible(const FaultSpec& fault, const Contract& contract, const Operation& operation) {
  if (fault.phase == FaultSpec::Phase::between_items && operation.items.empty()) return operation.name + " has no items";
  if (fault.kind == FaultSpec::Kind::expire_token && contract.credentials.kind != Credentials::Kind::bearer_token)
    return contract.api + " has no tokens that expire";
  if (fault.kind == FaultSpec::Kind::throttle && operation.refusals.throttle.empty())
    return contract.api + " has no answer to a throttled call";
  return {};
}

std::optional<Problem> place_fault(FaultSpec& spec, const Contracts& contracts, const std::string& default_api) {
  if (spec.on.empty()) return std::nullopt;
  const Operation* operation = contracts.find_operation(spec.on, default_api);
  if (operation == nullptr) {
    const bool is_bare = spec.on.find('.') == std::string::npos;
    const std::string hint = is_bare && default_api.empty()
                                 ? ", expected one with its API, as in api.operation"
                                 : did_you_mean(is_bare ? default_api + "." + spec.on : spec.on, contracts.operation_names());
    return bad_given("unknown-operation", "found fault on unknown operation '" + spec.on + "'" + hint);
  }
  spec.on = operation->name;
  const Contract& contract = *contracts.contract_of(*operation);
  if (!spec.answer.empty() && contract.find_response(spec.answer) == nullptr)
    return bad_given("unknown-answer", contract.api + " has no answer '" + spec.answer + "'");
  const std::string impossible = find_impossible(spec, contract, *operation);
  if (!impossible.empty()) return bad_given("impossible-fault", "found a fault that can never apply: " + impossible);
  return std::nullopt;
}

std::string text_member(const Json& object, const char* name, const std::string& fallback) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : fallback;
}

}  // namespace

Result<FaultDefinitions> read_faults(const Json& faults, const Contracts& contracts, const std::string& default_api) {
  if (!faults.is_array()) return tl::unexpected(bad_given("wrong-type", "'faults' is not a list"));
  FaultDefinitions read;
  for (const Json& fault : faults) {
    auto spec = parse_fault(fault);
    if (!spec) return tl::unexpected(bad_given("bad-fault", spec.error()));
    if (auto problem = place_fault(*spec, contracts, default_api)) return tl::unexpected(std::move(*problem));
    Json written = fault;
    if (!spec->on.empty()) written["on"] = spec->on;
    read.push_back(std::make_shared<const FaultDefinition>(FaultDefinition{.spec = std::move(*spec), .written = std::move(written)}));
  }
  return read;
}

Problem limit_reached(const std::string& what, std::size_t most) {
  return bad_given("limit-reached", fmt::format("the limit of {} {} is reached", most, what));
}

std::optional<Problem> check_fault_count(const Tenant& tenant, std::size_t added) {
  if (tenant.state().faults.size() + added <= tenant.bounds.faults) return std::nullopt;
  return limit_reached("faults of tenant '" + tenant.name + "'", tenant.bounds.faults);
}

std::vector<std::uint64_t> arm_faults(Tenant& tenant, const FaultDefinitions& faults) {
  std::vector<std::uint64_t> numbers;
  for (const auto& fault : faults) {
    const std::uint64_t id = numbers.emplace_back(tenant.state().next_fault_id);
    tenant.write(change::FaultArmed{.id = id, .fault = fault});
  }
  return numbers;
}

std::optional<Problem> set_limits(Tenant& tenant, const Json& limits, const Contracts& contracts, const std::string& default_api) {
  const auto specs = parse_limits(limits, default_api);
  const auto wrong = [](const BadLimit& one) { return bad_given(one.code, "limits" + one.pointer + ": " + one.message); };
  if (!specs) return wrong(specs.error());
  std::vector<std::pair<std::string, std::optional<RateLimit>>> resolved;
  for (const auto& [api, spec] : *specs) {
    const Contract* contract = contracts.find_api(api);
    if (contract == nullptr) {
      return bad_given("unknown-api", api.empty() ? "limits: name the API, as in {\"limits\": {\"api\": {\"requests\": 3}}}"
                                                  : "limits: found unknown API '" + api + "'");
    }
    auto limit = resolve_limit(spec, *contract);
    if (!limit) return wrong(limit.error());
    resolved.emplace_back(api, *std::move(limit));
  }
  for (const auto& [api, limit] : resolved) set_limit(tenant, api, limit);
  return std::nullopt;
}

Result<const Collection*> find_collection(const Contract& contract, const std::string& collection) {
  if (const auto found = contract.collections.find(collection); found != contract.collections.end()) return &found->second;
  std::vector<std::string> known;
  for (const auto& [one, definition] : contract.collections) known.push_back(one);
  return tl::unexpected(
      bad_given("unknown-collection", contract.api + " has no collection '" + collection + "'" + did_you_mean(collection, known)));
}

Result<std::vector<Record>> seed_records(Tenant& tenant, const Contract& contract, const std::string& collection, const Json& records,
                                         bool may_replace, const SeedCheck& check) {
  const auto definition = find_collection(contract, collection);
  if (!definition) return tl::unexpected(definition.error());
  const std::string name = contract.api + "." + collection;
  if (!records.is_array()) return tl::unexpected(bad_given("wrong-type", "records of '" + name + "' are not a list"));
  if (record_count(tenant.state()) + records.size() > tenant.bounds.records)
    return tl::unexpected(limit_reached("records of tenant '" + tenant.name + "'", tenant.bounds.records));
  const ApiState& state = tenant.state().states_by_api.at(contract.api);
  const Store& store = state.store;
  Draws env(tenant, contract.api);
  Transaction transaction(store);
  std::vector<std::string> keys;
  for (const Json& record : records) {
    if (!record.is_object()) return tl::unexpected(bad_given("wrong-type", "a record of '" + name + "' is not an object"));
    Json completed = transaction.complete(collection, record, env);
    const std::string& key = keys.emplace_back(store.key_of(collection, completed));
    if (key.empty()) {
      const Collection& one = **definition;
      const std::string member = one.id_from.empty() ? one.id_member : one.id_from.substr(1);
      return tl::unexpected(bad_given("key-missing", "a record of '" + name + "' has no " + member + " to be found by"));
    }
    if (!may_replace && transaction.contains(collection, key))
      return tl::unexpected(bad_given("record-exists", "'" + name + "' has a record '" + key + "' already"));
    transaction.put(collection, std::move(completed));
  }
  std::vector<Record> seeded;
  for (const std::string& key : keys) seeded.push_back(transaction.find(collection, key));
  if (check) {
    ApiState trial(contract);  // as the state will be
    trial.store = store;
    trial.switches = state.switches;
    trial.settings = state.settings;
    trial.limiter = state.limiter;
    transaction.store_into(trial.store);
    trial.store.mark_seeded(collection);
    if (auto problem = check(trial, seeded)) return tl::unexpected(*std::move(problem));
  }
  transaction.commit(tenant);
  tenant.write(change::CollectionSeeded{.api = contract.api, .collection = collection});
  return seeded;
}

Result<std::shared_ptr<Tenant>> Engine::make_tenant(const std::string& name, const Json& given) const {
  if (!given.is_object()) return tl::unexpected(bad_given("wrong-type", "a tenant is given as an object"));
  if (auto problem = check_names(given)) return tl::unexpected(std::move(*problem));
  auto tenant = make_empty_tenant(name);
  const Json credentials = given.value("credentials", Json::object());
  tenant->username = text_member(credentials, "username", name);
  tenant->password = text_member(credentials, "password", "demo");
  tenant->key = text_member(credentials, "key", name);
  if (given.contains("api") && !given["api"].is_string()) return tl::unexpected(bad_given("wrong-type", "'api' is not a text"));
  tenant->api = text_member(given, "api", contracts.apis.size() == 1 ? contracts.apis.front()->api : "");
  if (!tenant->api.empty() && contracts.find_api(tenant->api) == nullptr) {
    const std::string hint = did_you_mean(tenant->api, contracts.api_names());
    return tl::unexpected(bad_given("unknown-api", "found unknown API '" + tenant->api + "'" + hint));
  }
  Profile profile = options.profile;
  if (const auto wanted = given.find("profile"); wanted != given.end() && !wanted->is_null()) {
    auto parsed = parse_profile(*wanted, contracts);
    if (!parsed) return tl::unexpected(parsed.error());
    profile = *std::move(parsed);
  }
  tenant->write(change::ProfileSet{.profile = std::make_shared<const Profile>(std::move(profile))});
  if (auto problem = give_env(*tenant, given, *this)) return tl::unexpected(std::move(*problem));
  if (auto problem = give_settings(*tenant, given, *this)) return tl::unexpected(std::move(*problem));
  add_contract_records(*tenant, contracts);
  for (const auto give : {give_records, give_limits, give_faults}) {
    if (auto problem = give(*tenant, given, *this)) return tl::unexpected(std::move(*problem));
  }
  tenant->staged = std::make_shared<const Json>(given);
  if (options.storage) tenant->staged_digest = staging_digest(given);
  return tenant;
}

std::shared_ptr<Tenant> Engine::make_default_tenant() const {
  auto tenant = make_empty_tenant(std::string(kDefaultTenant));
  tenant->write(change::ProfileSet{.profile = std::make_shared<const Profile>(options.profile)});
  static_cast<void>(give_env(*tenant, Json::object(), *this));
  static_cast<void>(give_settings(*tenant, Json::object(), *this));
  if (options.storage) tenant->staged_digest = staging_digest(Json());
  return tenant;
}

void Engine::reset(Tenant& tenant, std::string_view made_by, bool journal_too) const {
  auto fresh = tenant.staged == nullptr ? make_default_tenant() : make_tenant(tenant.name, *tenant.staged);
  assert(fresh);  // the tenant was made from this document before
  const TenantLock lock(tenant, made_by);
  tenant.write(change::Restored{.state = std::make_shared<const TenantState>((*fresh)->state())});
  if (journal_too) tenant.journal.clear();
  tenant.journal_offset = tenant.journal.total();
}

}  // namespace understudy
