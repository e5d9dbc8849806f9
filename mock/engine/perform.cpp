#include <algorithm>

#include "contracts/src/model/check.h"
#include "mock/engine/walk.h"
#include "mock/vendors/module.h"

namespace understudy {
namespace {

Reply show_record(const Call& call, Record record) { return {.answer = call.operation->success, .record = std::move(record)}; }

std::string record_id_of(const Call& call) {
  const auto found = call.route.path.find(call.operation->record_id);
  return found == call.route.path.end() ? std::string() : found->second;
}

// The id that was asked for, for the message.
std::string wanted_id(const Call& call, const TemplateScope& names) {
  const Operation& operation = *call.operation;
  if (operation.where) return render_json(operation.where->fill(names));
  return operation.id_template ? as_text(operation.id_template->fill(names)) : record_id_of(call);
}

tl::unexpected<Rejection> missing_record(const Call& call, const TemplateScope& names) {
  const Operation& operation = *call.operation;
  const std::string id = wanted_id(call, names);
  const Finding finding{.code = "record",
                        .expected = "a known id",
                        .actual = "\"" + id + "\"",
                        .message = "No record '" + id + "' exists in " + operation.collection + "."};
  return tl::unexpected(Rejection{.answer = operation.refusals.record, .findings = {finding}, .rule = "record", .place = operation.place});
}

CallResult issue_token(const Call& call) {
  const Operation& operation = *call.operation;
  const Credentials& credentials = call.contract.credentials;
  Tenant& tenant = call.tenant;
  const auto login = credentials.any
                         ? CredentialState::valid
                         : check_login(tenant, text_at(*call.body, credentials.username), text_at(*call.body, credentials.password));
  if (!call.policy.accepts_credential(call, login))
    return tl::unexpected(Rejection{.answer = operation.refusals.bad_credentials, .rule = "credentials", .place = operation.place});
  const auto by_switch =
      credentials.lifetime.is_object() ? call.state.switches.find(text_at(credentials.lifetime, "/switch")) : call.state.switches.end();
  const Json& lifetime = by_switch == call.state.switches.end() ? credentials.lifetime : by_switch->second;
  const std::int64_t seconds = lifetime.is_number_integer() ? lifetime.get<std::int64_t>() : 3600;
  const Time now = call.env.clock.now();
  const IssuedToken token{.username = tenant.username, .issued = now, .expires = now + std::chrono::seconds(seconds)};
  const auto& tokens = tenant.state().tokens;
  if (tokens.size() >= tenant.bounds.tokens) {
    for (auto other = tokens.begin(); other != tokens.end();) {
      const auto& [value, one] = *other++;
      if (one.expires <= now) tenant.write(change::TokenForgotten{.token = value});
    }
  }
  if (tokens.size() >= tenant.bounds.tokens) return tl::unexpected(reject_by_limit(call, "tokens", tenant.bounds.tokens));
  const std::string value = make_token(tenant.name, call.env);
  tenant.write(change::TokenIssued{.token = value, .username = token.username, .issued = token.issued, .expires = token.expires});
  return Reply{.answer = operation.success,
               .context = {{"token",
                            {{"value", value},
                             {"username", token.username},
                             {"lifetime", seconds},
                             {"issued", render_rfc3339(token.issued)},
                             {"expires", render_rfc3339(token.expires)}}}}};
}

// What `from` makes, as records.
std::vector<Record> make_records(const Template& from, const TemplateScope& names) {
  std::vector<Record> records;
  Json list = from.fill(names);
  if (!list.is_array()) return records;
  for (Json& element : list) records.push_back(make_record(std::move(element)));
  return records;
}

Reply list_records(const Call& call, const Transaction& transaction, const TemplateScope& names) {
  const Operation& operation = *call.operation;
  const ListRules rules{
      .ignore_case = call.contract.paths_ignore_case,
      .switches = call.state.switches,
      .now = call.env.clock.now(),
      .id_member = operation.collection.empty() ? "" : call.contract.collections.find(operation.collection)->second.id_member};
  Listing listing;
  if (!operation.from && !operation.where && !transaction.has_writes() && pages_all_records(operation, call.query)) {
    listing = list_page(operation, call.query, call.state.store, rules);
  } else {
    const Json where = operation.where ? operation.where->fill(names) : Json();
    const auto is_wanted = [&](const Json& record) {
      return (where.is_null() || has_members(record, where)) && passes_filters(operation, call.query, record, rules);
    };
    std::vector<Record> chosen;
    if (operation.from) {
      chosen = make_records(*operation.from, names);
      std::erase_if(chosen, [&](const Record& record) { return !is_wanted(*record); });
    } else {
      chosen = transaction.list(operation.collection, is_wanted);
    }
    listing = list_page(operation, call.query, std::move(chosen), rules);
  }
  Json records = Json::array();
  records.get_ref<Json::array_t&>().reserve(listing.records.size());
  for (const Record& record : listing.records) records.push_back(*record);
  return {.answer = operation.success,
          .context = {{"records", std::move(records)}, {"query", call.query}, {"page", std::move(listing.page)}}};
}

void set_member(Json& object, const std::string& name, const Json& value, bool merges) {
  Json& member = object[name];
  if (!merges || !member.is_object() || !value.is_object()) return void(member = value);
  for (const auto& [inner, one] : value.items()) set_member(member, inner, one, merges);
}

// Whether the body is a JSON Patch (RFC 6902): operations on the record, not members of it.
bool is_json_patch(const Json& body) {
  return body.is_array() && std::ranges::all_of(body, [](const Json& one) { return one.is_object() && one.contains("op"); });
}

// Gives an updated record the id that it had.
void keep_id(const Collection& collection, const Json& before, Json& record) {
  if (before.contains(collection.id_member)) record[collection.id_member] = Json(before.at(collection.id_member));
  if (const Json* id = collection.id_at.empty() ? nullptr : find_pointer(before, collection.id_at))
    set_pointer(record, collection.id_at, Json(*id));
}

// The patched record. A rejection where the patch cannot be applied, or where the schema of records would no longer fit.
tl::expected<Json, Rejection> apply_json_patch(const Call& call, const Json& before) {
  const Operation& operation = *call.operation;
  const auto refuse = [&](std::string expected, std::string message) {
    const Finding finding{
        .code = "json-patch", .expected = std::move(expected), .actual = describe(*call.body), .message = std::move(message)};
    return tl::unexpected(
        Rejection{.answer = operation.refusals.shape, .findings = {finding}, .rule = "json-patch", .place = operation.place});
  };
  Json record = before;
  if (const auto problem = apply_patch(record, *call.body); !problem.empty()) return refuse("a patch that can be applied", problem);
  if (!record.is_object()) return refuse("an object", "The patch makes " + describe(record) + " of the record.");
  const auto& collection = call.contract.collections.find(operation.collection)->second;
  keep_id(collection, before, record);
  const SchemaSet& schemas = *call.contract.schemas;
  const bool is_judged = schemas.contains(collection.model) && schemas.accepts(collection.model, before);
  if (is_judged && !schemas.accepts(collection.model, record))
    return refuse("a valid record", "After the patch, " + schemas.check(collection.model, record, 1).front().message);
  return record;
}

CallResult update_record(const Call& call, const Json& before, Transaction& transaction, const TemplateScope& names) {
  const Operation& operation = *call.operation;
  if (is_json_patch(*call.body)) {
    auto record = apply_json_patch(call, before);
    if (!record) return tl::unexpected(std::move(record.error()));
    return show_record(call, make_record(transaction.update(operation.collection, *std::move(record), call.env)));
  }
  const Json filled = operation.record ? operation.record->fill(names) : Json();
  const Json& given = operation.record ? filled : *call.body;
  const auto is_declared = [&](const std::string& name) {
    return declares_member(call.contract.document, operation.body_schema, join_pointer("", name));
  };
  Json record = before;
  for (auto one = before.begin(); operation.replace && one != before.end(); ++one) {
    if (!given.contains(one.key()) && is_declared(one.key())) record.erase(one.key());
  }
  const auto type = find_header(call.request.headers, "Content-Type");
  const bool is_merge_patch = type && given.is_object() && media_type_of(*type).ends_with("merge-patch+json");  // RFC 7396
  if (is_merge_patch) record.merge_patch(given);
  // Members that the body does not declare are accepted but not stored, for no rule has judged them.
  for (const auto& [name, value] : given.items()) {
    if (given.is_object() && !is_merge_patch && (operation.record || is_declared(name))) set_member(record, name, value, operation.merge);
  }
  keep_id(call.contract.collections.find(operation.collection)->second, before, record);
  return show_record(call, make_record(transaction.update(operation.collection, std::move(record), call.env)));
}

// The body, if nothing needs its value after it was performed; else null.
Json* find_spare_body(const Call& call) { return call.may_take_body && !call.operation->shows_request ? call.body : nullptr; }

HandlerCall handler_call(const Call& call, Transaction& transaction) {
  return {.contract = call.contract,
          .operation = *call.operation,
          .switches = call.state.switches,
          .settings = call.state.settings,
          .body = *call.body,
          .path = call.route.path,
          .query = call.query,
          .store = transaction,
          .env = call.env,
          .spare_body = find_spare_body(call)};
}

// The records of a reply as the vendor's C++ shows them.
CallResult show(const Call& call, Transaction& transaction, CallResult result) {
  const Module* module = find_module(call.contract);
  if (module == nullptr || !result) return result;
  if (const auto view = module->views.find(call.operation->id); view != module->views.end()) {
    if (result->record != nullptr) result->view = view->second(call.contract, *result->record);
    if (const auto record = result->context.find("record"); record != result->context.end())
      (*record)["view"] = view->second(call.contract, *record);
    if (const auto list = result->context.find("records"); list != result->context.end()) {
      for (Json& record : *list) record["view"] = view->second(call.contract, record);
    }
  }
  const auto own = module->shows.find(call.operation->id);
  const auto found = own != module->shows.end() ? own : module->shows.find(call.operation->collection);
  if (found == module->shows.end()) return result;
  if (result->record != nullptr) result->context["record"] = *std::exchange(result->record, nullptr);
  std::vector<Json*> records;
  if (const auto record = result->context.find("record"); record != result->context.end()) records.push_back(&*record);
  if (const auto list = result->context.find("records"); list != result->context.end()) {
    for (Json& record : *list) records.push_back(&record);
  }
  found->second(handler_call(call, transaction), records);
  return result;
}

// The handler of the vendor's C++; nullopt: it has none for this operation.
std::optional<CallResult> call_module(const Call& call, Transaction& transaction) {
  const Module* module = find_module(call.contract);
  if (module == nullptr) return std::nullopt;
  const auto handler = module->handlers.find(call.operation->id);
  if (handler == module->handlers.end()) return std::nullopt;
  Outcome outcome = handler->second(handler_call(call, transaction));
  return Reply{.answer = std::move(outcome.answer),
               .context = std::move(outcome.context),
               .record = std::move(outcome.record),
               .rendered_record = std::move(outcome.rendered_record)};
}

Record find_target(const Call& call, const Transaction& transaction, const TemplateScope& names) {
  const Operation& operation = *call.operation;
  const Json where = operation.where ? operation.where->fill(names) : Json();
  if (operation.from) {
    const auto made = make_records(*operation.from, names);
    const auto found = std::ranges::find_if(made, [&](const Record& record) { return has_members(*record, where); });
    return found == made.end() ? nullptr : *found;
  }
  if (operation.collection.empty()) return nullptr;
  if (operation.where) {
    const auto found = transaction.select(operation.collection, where, 1);
    return found.empty() ? nullptr : found.front();
  }
  if (!operation.id_template) return transaction.find(operation.collection, record_id_of(call));
  const Json id = operation.id_template->fill(names);
  return id.is_null() ? nullptr : transaction.find(operation.collection, as_text(id));
}

CallResult perform_verb(const Call& call, Transaction& transaction, const TemplateScope& names) {
  const Operation& operation = *call.operation;
  switch (operation.perform) {
    case Perform::create: {
      Json* spare = find_spare_body(call);
      Json record = operation.record ? operation.record->fill(names) : spare != nullptr ? std::move(*spare) : *call.body;
      return show_record(call, transaction.create(operation.collection, std::move(record), call.env));
    }
    case Perform::list: return list_records(call, transaction, names);
    case Perform::issue_token: return issue_token(call);
    case Perform::module: return Reply{.answer = operation.success, .context = {{"request", *call.body}}};
    case Perform::change:
      if (operation.collection.empty()) return Reply{.answer = operation.success, .context = Json::object()};
      break;
    case Perform::read:
    case Perform::update:
    case Perform::remove: break;
  }
  Record record = find_target(call, transaction, names);
  if (record == nullptr && operation.missing) record = transaction.create(operation.collection, operation.missing->fill(names), call.env);
  if (record == nullptr) return missing_record(call, names);
  if (operation.perform == Perform::update) return update_record(call, *record, transaction, names);
  if (operation.perform == Perform::remove)
    transaction.remove(operation.collection, record_id(call.contract, operation.collection, *record));
  return show_record(call, std::move(record));
}

}  // namespace

Record find_target(const Call& call, const Transaction& transaction) {
  Json names;
  add_request_names(call, call.operation->names, names);
  const StoredValues values(transaction, call.env);
  return find_target(call, transaction, {.context = names, .source = &values});
}

CallResult perform(const Call& call, Transaction& transaction) {
  const Operation& operation = *call.operation;
  Json names;
  if (!operation.names.empty()) add_request_names(call, operation.names, names);
  const StoredValues values(transaction, call.env);
  const TemplateScope scope{.context = names, .source = &values};
  // Changes of a call that selects records come first; other changes see the record.
  const bool selects = operation.perform == Perform::read || operation.perform == Perform::list;
  if (auto rejection = selects ? make_changes(call, transaction, names) : std::nullopt) return tl::unexpected(*std::move(rejection));
  // Before the body moves into the record.
  RenderedObject request = operation.merges_request && find_spare_body(call) != nullptr ? RenderedObject(*call.body) : RenderedObject();
  auto handled = call_module(call, transaction);
  CallResult result = handled ? *std::move(handled) : perform_verb(call, transaction, scope);
  if (result) result->request = std::move(request);
  if (!result || handled) return result;
  if (operation.changes.empty()) return show(call, transaction, std::move(result));
  if (!selects) {
    if (result->record != nullptr) names["record"] = *std::exchange(result->record, nullptr);
    if (auto rejection = make_changes(call, transaction, names)) return tl::unexpected(*std::move(rejection));
  }
  if (names.is_object()) result->context.update(names);
  return show(call, transaction, std::move(result));
}

}  // namespace understudy
