#include <algorithm>
#include <charconv>

#include "contracts/src/base/text.h"
#include "mock/engine/exchange.h"
#include "mock/state/listing.h"

namespace understudy {
namespace {

// A query value as its schema's type wants it; nullopt if it cannot be one.
std::optional<Json> read_parameter(const Json& schema, const std::string& text) {
  const Json type = schema.value("type", Json("string"));
  const auto is = [&](std::string_view word) {
    return type == word || (type.is_array() && std::find(type.begin(), type.end(), word) != type.end());
  };
  if (is("integer") || is("number")) {
    std::int64_t whole = 0;
    const char* end = text.data() + text.size();
    if (const auto [stop, error] = std::from_chars(text.data(), end, whole); error == std::errc{} && stop == end && !text.empty())
      return Json(whole);
    double number = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, number);
        is("number") && error == std::errc{} && stop == end && !text.empty())
      return Json(number);
    return is("string") ? std::optional<Json>(text) : std::nullopt;
  }
  if (is("boolean")) {
    if (equals_ignore_case(text, "true")) return Json(true);
    if (equals_ignore_case(text, "false")) return Json(false);
    return std::nullopt;
  }
  return Json(text);
}

// What is wrong with a query parameter; the code names the implicit rule, too.
Finding parameter_finding(const Contract& contract, const Operation& operation, const Parameter& parameter, const std::string& code,
                          std::string expected, std::string actual) {
  Finding finding;
  finding.code = code;
  finding.pointer = join_pointer("", parameter.name);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.rule = implicit_row_id(operation, finding.pointer, code);
  finding.message = word_finding(contract, finding);
  return finding;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  for (std::string_view part : split(text, ',')) {
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    part = part.substr(0, part.find_last_not_of(' ') + 1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

Reply found_record(const Operation& operation, Json record) {
  return {.answer = operation.success, .context = {{"record", std::move(record)}}};
}

Performed missing_record(const Operation& operation, const std::string& id) {
  Finding finding;
  finding.code = "record";
  finding.message = "No record '" + id + "' exists in " + operation.collection + ".";
  finding.expected = "a known id";
  finding.actual = "\"" + id + "\"";
  return {.refusal = Rejection{.answer = operation.refusals.record, .findings = {finding}, .rule = "record", .place = operation.place}};
}

Performed issue_token(Exchange& exchange, const Operation& operation, const Json& body) {
  const Credentials& credentials = exchange.contract.credentials;
  const Json* username = find_pointer(body, credentials.username);
  const Json* password = find_pointer(body, credentials.password);
  Tenant& tenant = exchange.tenant;
  const bool right = username != nullptr && password != nullptr && !tenant.username.empty() && *username == tenant.username &&
                     (*password == tenant.password || is_deviant(exchange, Deviation::Kind::any_password, &operation));
  if (!right) return {.refusal = Rejection{.answer = operation.refusals.bad_credentials, .rule = "credentials", .place = operation.place}};
  const Json& lifetime =
      credentials.lifetime.is_object() ? exchange.state.switches[credentials.lifetime.value("switch", "")] : credentials.lifetime;
  const std::int64_t seconds = lifetime.is_number_integer() ? lifetime.get<std::int64_t>() : 3600;
  const Time now = tenant.env.clock.now();
  const IssuedToken token{.username = tenant.username, .issued = now, .expires = now + std::chrono::seconds(seconds)};
  const std::string value = make_token(tenant.name, tenant.env);
  tenant.tokens[value] = token;
  return {.refusal = std::nullopt,
          .reply = {.answer = operation.success,
                    .context = {{"token",
                                 {{"value", value},
                                  {"username", token.username},
                                  {"lifetime", seconds},
                                  {"issued", render_rfc3339(token.issued)},
                                  {"expires", render_rfc3339(token.expires)}}}}}};
}

Performed list_records(Exchange& exchange, const Operation& operation, const Json& query, const Transaction& transaction) {
  Listing listing = list_page(operation, query, transaction.list(operation.collection), exchange.contract.paths_ignore_case);
  Json shown = Json::array();
  for (const Record& record : listing.records) shown.push_back(*record);
  return {.refusal = std::nullopt,
          .reply = {.answer = operation.success,
                    .context = {{"records", std::move(shown)}, {"query", query}, {"page", std::move(listing.page)}}}};
}

}  // namespace

BoundQuery bind_query(const Contract& contract, const Operation& operation, std::string_view target) {
  BoundQuery bound;
  const bool any = std::any_of(operation.parameters.begin(), operation.parameters.end(),
                               [](const Parameter& one) { return one.in == Parameter::In::query; });
  if (!any) return bound;
  const auto pairs = parse_form(query_of(target));
  for (const Parameter& parameter : operation.parameters) {
    if (parameter.in != Parameter::In::query) continue;
    const Json* schema = parameter.schema.empty() ? nullptr : find_pointer(contract.document, parameter.schema);
    const Json plain = Json::object();
    const Json& value_schema = schema == nullptr ? plain : parameter.many && schema->contains("items") ? schema->at("items") : *schema;
    for (const auto& [wire_name, text] : pairs) {
      std::string_view name = wire_name;
      const std::string& prefix = contract.query_prefix;
      if (!prefix.empty() && name.size() > prefix.size() && equals_ignore_case(name.substr(0, prefix.size()), prefix))
        name.remove_prefix(prefix.size());
      if (contract.paths_ignore_case ? !equals_ignore_case(name, parameter.name) : name != parameter.name) continue;
      for (const std::string& part : parameter.many ? split_list(text) : std::vector<std::string>{text}) {
        auto value = read_parameter(value_schema, part);
        if (!value) {
          bound.findings.push_back(parameter_finding(contract, operation, parameter, "type",
                                                     value_schema.value("type", Json("string")).dump(), describe(Json(part))));
        } else if (parameter.many) {
          bound.values[parameter.name].push_back(std::move(*value));
        } else {
          bound.values[parameter.name] = std::move(*value);
        }
      }
    }
    if (parameter.required && !bound.values.contains(parameter.name)) {
      bound.findings.push_back(parameter_finding(contract, operation, parameter, "required", "a value", "absent"));
    }
  }
  return bound;
}

Performed perform(Exchange& exchange, const Operation& operation, const Json& body, const Json& arguments, const Json& query,
                  Transaction& transaction) {
  if (const Module* module = find_module(exchange.contract.api); module != nullptr) {
    if (const auto handler = module->find(operation.id); handler != module->end()) {
      Outcome outcome = handler->second({.contract = exchange.contract,
                                         .operation = operation,
                                         .switches = exchange.state.switches,
                                         .settings = exchange.state.settings,
                                         .body = body,
                                         .arguments = arguments,
                                         .path = exchange.path,
                                         .query = query,
                                         .store = transaction,
                                         .env = exchange.tenant.env});
      return {.refusal = std::nullopt, .reply = {.answer = std::move(outcome.answer), .context = std::move(outcome.context)}};
    }
  }
  const auto id = [&] {
    const auto found = exchange.path.find(operation.record_id);
    return found == exchange.path.end() ? std::string() : found->second;
  };
  switch (operation.perform) {
    case Perform::create:
      return {.refusal = std::nullopt,
              .reply = found_record(operation, transaction.create(operation.collection, body, exchange.tenant.env))};
    case Perform::read: {
      const Record record = transaction.find(operation.collection, id());
      if (record == nullptr) return missing_record(operation, id());
      return {.refusal = std::nullopt, .reply = found_record(operation, *record)};
    }
    case Perform::list: return list_records(exchange, operation, query, transaction);
    case Perform::update: {
      const Record before = transaction.find(operation.collection, id());
      if (before == nullptr) return missing_record(operation, id());
      Json record = *before;
      // Members that the body does not declare pass, and change nothing: nobody has judged them.
      for (const auto& [name, value] : body.items()) {
        if (body.is_object() && declares_member(exchange.contract.document, operation.body_schema, join_pointer("", name)))
          record[name] = value;
      }
      const auto collection = exchange.contract.collections.find(operation.collection);
      const std::string& member = collection->second.id_member;
      if (before->contains(member)) record[member] = Json(before->at(member));  // a record does not move
      transaction.put(operation.collection, record);
      return {.refusal = std::nullopt, .reply = found_record(operation, std::move(record))};
    }
    case Perform::remove: {
      const Record before = transaction.find(operation.collection, id());
      if (before == nullptr) return missing_record(operation, id());
      transaction.remove(operation.collection, id());
      return {.refusal = std::nullopt, .reply = found_record(operation, *before)};
    }
    case Perform::issue_token: return issue_token(exchange, operation, body);
    case Perform::module: return {.refusal = std::nullopt, .reply = {.answer = operation.success, .context = {{"request", body}}}};
  }
  return {};
}

void perform_again(Exchange& exchange, const Operation& operation, const Json& body, const Json& arguments) {
  Transaction transaction(exchange.state.store);
  if (perform(exchange, operation, body, arguments, exchange.query, transaction).refusal) return;
  transaction.commit();
}

}  // namespace understudy
