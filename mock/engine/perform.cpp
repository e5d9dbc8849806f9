#include "contracts/src/model/check.h"
#include "mock/engine/walk.h"
#include "mock/vendors/module.h"

namespace understudy {
namespace {

Reply show_record(const Call& call, Json record) { return {.answer = call.operation->success, .context = {{"record", std::move(record)}}}; }

std::string record_id_of(const Call& call) {
  const auto found = call.route.path.find(call.operation->record_id);
  return found == call.route.path.end() ? std::string() : found->second;
}

tl::unexpected<Rejection> missing_record(const Call& call) {
  const Operation& operation = *call.operation;
  const std::string id = record_id_of(call);
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
  const auto login = check_login(tenant, text_at(*call.body, credentials.username), text_at(*call.body, credentials.password));
  if (!call.policy.accepts_credential(call, login))
    return tl::unexpected(Rejection{.answer = operation.refusals.bad_credentials, .rule = "credentials", .place = operation.place});
  const Json& lifetime =
      credentials.lifetime.is_object() ? call.state.switches[credentials.lifetime.value("switch", "")] : credentials.lifetime;
  const std::int64_t seconds = lifetime.is_number_integer() ? lifetime.get<std::int64_t>() : 3600;
  const Time now = tenant.env.clock.now();
  const IssuedToken token{.username = tenant.username, .issued = now, .expires = now + std::chrono::seconds(seconds)};
  if (tenant.tokens.size() >= tenant.bounds.tokens)
    std::erase_if(tenant.tokens, [&](const auto& other) { return other.second.expires <= now; });
  if (tenant.tokens.size() >= tenant.bounds.tokens) return tl::unexpected(reject_by_limit(call, "tokens", tenant.bounds.tokens));
  const std::string value = make_token(tenant.name, tenant.env);
  tenant.tokens[value] = token;
  return Reply{.answer = operation.success,
               .context = {{"token",
                            {{"value", value},
                             {"username", token.username},
                             {"lifetime", seconds},
                             {"issued", render_rfc3339(token.issued)},
                             {"expires", render_rfc3339(token.expires)}}}}};
}

Reply list_records(const Call& call, const Transaction& transaction) {
  const Operation& operation = *call.operation;
  Listing listing = list_page(operation, call.query, transaction.list(operation.collection), call.contract.paths_ignore_case);
  Json records = Json::array();
  for (const Record& record : listing.records) records.push_back(*record);
  return {.answer = operation.success,
          .context = {{"records", std::move(records)}, {"query", call.query}, {"page", std::move(listing.page)}}};
}

Reply update_record(const Call& call, const Json& before, Transaction& transaction) {
  const Operation& operation = *call.operation;
  Json record = before;
  // Members that the body does not declare are accepted but not stored, for no rule has judged them.
  for (const auto& [name, value] : call.body->items()) {
    if (call.body->is_object() && declares_member(call.contract.document, operation.body_schema, join_pointer("", name)))
      record[name] = value;
  }
  const std::string& id_member = call.contract.collections.find(operation.collection)->second.id_member;
  if (before.contains(id_member)) record[id_member] = Json(before.at(id_member));  // an update cannot change the id
  transaction.put(operation.collection, record);
  return show_record(call, std::move(record));
}

}  // namespace

CallResult perform(const Call& call, Transaction& transaction) {
  const Operation& operation = *call.operation;
  if (const Module* module = find_module(call.contract.api); module != nullptr) {
    if (const auto handler = module->find(operation.id); handler != module->end()) {
      Outcome outcome = handler->second({.contract = call.contract,
                                         .operation = operation,
                                         .switches = call.state.switches,
                                         .settings = call.state.settings,
                                         .body = *call.body,
                                         .arguments = call.arguments == nullptr ? *call.body : *call.arguments,
                                         .path = call.route.path,
                                         .query = call.query,
                                         .store = transaction,
                                         .env = call.tenant.env});
      return Reply{.answer = std::move(outcome.answer), .context = std::move(outcome.context)};
    }
  }
  switch (operation.perform) {
    case Perform::create: return show_record(call, transaction.create(operation.collection, *call.body, call.tenant.env));
    case Perform::list: return list_records(call, transaction);
    case Perform::issue_token: return issue_token(call);
    case Perform::module: return Reply{.answer = operation.success, .context = {{"request", *call.body}}};
    case Perform::read:
    case Perform::update:
    case Perform::remove: break;
  }
  const Record record = transaction.find(operation.collection, record_id_of(call));
  if (record == nullptr) return missing_record(call);
  if (operation.perform == Perform::update) return update_record(call, *record, transaction);
  if (operation.perform == Perform::remove) transaction.remove(operation.collection, record_id_of(call));
  return show_record(call, *record);
}

}  // namespace understudy
