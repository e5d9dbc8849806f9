#include <algorithm>
#include <charconv>

#include "contracts/src/load/parts.h"

namespace understudy {
namespace {

void load_binding(LoadContext& context, Reader& reader) {
  const std::string at = "/binding";
  reader.keys(at, {"names", "null", "numbers", "booleans", "enums", "empty_string", "empty_array", "single", "brackets", "empty_parameter",
                   "unwrap", "aliases"});
  BindingWords& words = context.words;
  words.names_ignore_case = reader.word(at + "/names", {"ignore_case", "exact"}, "exact") == "ignore_case";
  words.null_is_absent = reader.word(at + "/null", {"absent", "value"}, "value") == "absent";
  words.numbers_from_strings = reader.word(at + "/numbers", {"from_strings"}) == "from_strings";
  words.booleans_from_strings = reader.word(at + "/booleans", {"from_strings"}) == "from_strings";
  words.empty_string_is_null = reader.word(at + "/empty_string", {"null"}) == "null";
  words.empty_array_is_object = reader.word(at + "/empty_array", {"object"}) == "object";
  words.single_is_list = reader.word(at + "/single", {"list"}) == "list";
  words.brackets_are_lists = reader.word(at + "/brackets", {"list"}) == "list";
  words.empty_parameter_is_absent = reader.word(at + "/empty_parameter", {"absent"}) == "absent";
  words.unwrap = reader.text(at + "/unwrap");
  words.aliases = reader.text_map(at + "/aliases");
  for (std::size_t i = 0, n = reader.size(at + "/enums"); i < n; ++i) {
    const std::string word = reader.word(join_pointer(at + "/enums", i), {"name", "name_ignore_case", "number", "numeric_string"});
    words.enums_ignore_case |= word == "name_ignore_case";
    words.enums_from_numbers |= word == "number" || word == "numeric_string";
  }
}

void load_switches(LoadContext& context, Reader& reader) {
  for (const std::string& name : reader.members("/switches")) {
    const std::string at = join_pointer("/switches", name);
    reader.keys(at, {"documented", "observed", "others", "about", "source", "evidence", "because"});
    if (!reader.has(at + "/documented") || !reader.has(at + "/observed")) {
      reader.fail(at, "missing-key", "a switch needs 'documented' and 'observed'");
      return;
    }
    Switch one{.name = name,
               .documented = *reader.find(at + "/documented"),
               .observed = *reader.find(at + "/observed"),
               .about = reader.text(at + "/about"),
               .fact = read_fact(reader, at, context.rule_defaults)};
    for (std::size_t i = 0, n = reader.size(at + "/others"); i < n; ++i)
      one.others.push_back(*reader.find(join_pointer(at + "/others", i)));
    context.contract.switches.push_back(std::move(one));
  }
}

void load_settings(LoadContext& context, Reader& reader) {
  for (const std::string& name : reader.members("/settings")) {
    const std::string at = join_pointer("/settings", name);
    reader.keys(at, {"default", "called", "source", "evidence", "because"});
    context.contract.settings.push_back({.name = name,
                                         .value = reader.flag(at + "/default"),
                                         .called = reader.text(at + "/called"),
                                         .fact = read_fact(reader, at, context.rule_defaults)});
  }
}

void load_credentials(LoadContext& context, Reader& reader) {
  const std::string at = "/credentials";
  if (!reader.has(at)) return;
  reader.keys(at, {"kind", "operation", "username", "password", "token", "expires_in", "lifetime", "header", "bearer", "basic", "query",
                   "cookies", "headers", "any"});
  using Kind = Credentials::Kind;
  Credentials& credentials = context.contract.credentials;
  credentials.kind = reader.choice<Kind>(
      at + "/kind", {{"bearer_token", Kind::bearer_token}, {"api_key", Kind::api_key}, {"in_batch", Kind::in_batch}, {"none", Kind::none}},
      Kind::none);
  credentials.operation = reader.text(at + "/operation");
  credentials.username = reader.text(at + "/username", "/username");
  credentials.password = reader.text(at + "/password", "/password");
  credentials.token = reader.text(at + "/token", "/access_token");
  credentials.expires_in = reader.text(at + "/expires_in", "/expires_in");
  if (reader.has(at + "/lifetime")) credentials.lifetime = *reader.find(at + "/lifetime");
  credentials.header = reader.text(at + "/header");
  credentials.bearer = reader.flag(at + "/bearer");
  credentials.basic = reader.flag(at + "/basic");
  credentials.query = reader.texts(at + "/query");
  credentials.cookies = reader.texts(at + "/cookies");
  credentials.headers = reader.texts(at + "/headers");
  credentials.any = reader.flag(at + "/any");
  if (credentials.kind == Kind::bearer_token && context.contract.find_operation(credentials.operation) == nullptr) {
    reader.fail(at + "/operation", "unknown-operation", "credentials of kind bearer_token need the operation that issues tokens");
  }
  const bool has_place = !credentials.header.empty() || credentials.bearer || credentials.basic || !credentials.query.empty() ||
                         !credentials.cookies.empty() || !credentials.headers.empty();
  if (credentials.kind == Kind::api_key && !has_place)
    reader.fail(at, "missing-key", "credentials of kind api_key need 'header', or bearer, basic, query or cookies");
}

void load_rate_limit(LoadContext& context, Reader& reader) {
  const std::string at = "/rate_limit";
  if (!reader.has(at)) return;
  reader.keys(at, {"kind", "requests", "seconds", "per_second", "source", "evidence", "because"});
  const bool bucket = reader.word(at + "/kind", {"window", "bucket"}, "window") == "bucket";
  context.contract.rate_limit = RateLimit{.kind = bucket ? RateLimit::Kind::bucket : RateLimit::Kind::window,
                                          .requests = reader.integer(at + "/requests"),
                                          .seconds = reader.number(at + "/seconds", 3600),
                                          .per_second = reader.number(at + "/per_second", 1),
                                          .fact = read_fact(reader, at, context.rule_defaults),
                                          .place = reader.place(at)};
  const RateLimit& limit = *context.contract.rate_limit;
  if (limit.requests < 1) reader.fail(at + "/requests", "bad-limit", "expected how many calls are taken, at least 1");
  if (limit.seconds <= 0) reader.fail(at + "/seconds", "bad-limit", "expected the length of the window, more than 0 seconds");
  if (limit.per_second <= 0) reader.fail(at + "/per_second", "bad-limit", "expected how many calls leak in a second, more than 0");
  if (reader.text("/refusals/throttle").empty()) {
    reader.fail(at, "missing-key", "a rate limit needs refusals.throttle, the answer to a call that is one too many");
  }
}

void read_refusals(Reader& reader, const std::string& at, Refusals& refusals) {
  if (!reader.has(at)) return;
  reader.keys(at, {"path", "method", "credentials", "bad_credentials", "throttle", "media_type", "undecodable", "shape", "rows", "record",
                   "unhandled"});
  for (const auto& [stage, member] : kRefusalStages) refusals.*member = reader.text(join_pointer(at, stage), refusals.*member);
}

// An end of a span: -31d, 0w, 24h; null is open.
std::optional<SpanEnd> read_span_end(Reader& reader, const std::string& at) {
  const Json* value = reader.find(at);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const std::string text = reader.text(at);
  SpanEnd end;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), end.count);
  if (error != std::errc{} || stop + 1 != text.data() + text.size() || std::string_view("hdwmy").find(*stop) == std::string_view::npos ||
      std::abs(end.count) > 100'000) {
    reader.fail(at, "bad-span", "found '" + text + "', expected a number and a unit: h, d, w, m or y, as in -31d");
    return std::nullopt;
  }
  end.unit = *stop;
  return end;
}

// The numbers of the parameter's enumeration by name.
std::map<std::string, Json, std::less<>> numbers_of(const Contract& contract, const Operation& operation, const std::string& name) {
  std::map<std::string, Json, std::less<>> numbers;
  const auto parameter = std::ranges::find(operation.parameters, name, &Parameter::name);
  if (parameter == operation.parameters.end()) return numbers;
  const Json* schema = follow_refs(contract.document, find_pointer(contract.document, parameter->schema));
  if (schema != nullptr && schema->contains("items")) schema = follow_refs(contract.document, &schema->at("items"));
  if (schema == nullptr || !schema->contains("enum") || !schema->contains("x-numbers")) return numbers;
  const Json &names = schema->at("enum"), &values = schema->at("x-numbers");
  for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i) {
    if (names[i].is_string()) numbers[names[i].get<std::string>()] = values[i];
  }
  return numbers;
}

void load_filters(const Contract& contract, Reader& reader, const std::string& at, Operation& operation) {
  using Match = Filter::Match;
  for (const std::string& name : reader.members(at)) {
    const std::string one = join_pointer(at, name);
    reader.keys(one, {"member", "members", "match", "absent", "values", "spans"});
    Filter filter{.parameter = name, .members = reader.texts(one + "/members")};
    if (filter.members.empty()) filter.members.push_back(reader.required_text(one + "/member"));
    filter.match = reader.choice<Match>(
        one + "/match",
        {{"equals", Match::equals}, {"contains", Match::contains}, {"from", Match::from}, {"to", Match::to}, {"within", Match::within}},
        Match::equals);
    if (const Json* absent = reader.find(one + "/absent")) filter.absent = *absent;
    filter.values = numbers_of(contract, operation, name);
    for (const std::string& value : reader.members(one + "/values"))
      filter.values[value] = *reader.find(join_pointer(one, "values", value));
    for (const std::string& value : reader.members(one + "/spans")) {
      const std::string span = join_pointer(one, "spans", value);
      if (reader.size(span) != 2) reader.fail(span, "bad-span", "expected a list of two ends, as in [-7d, 1d]");
      filter.spans[value] = {.from = read_span_end(reader, span + "/0"), .to = read_span_end(reader, span + "/1")};
    }
    if (filter.match == Match::within && filter.spans.empty()) reader.fail(one, "missing-key", "match: within needs 'spans'");
    operation.filters.push_back(std::move(filter));
  }
}

void load_performing(LoadContext& context, Reader& reader, const std::string& id) {
  const std::string at = join_pointer("/operations", id);
  auto& operations = context.contract.operations;
  const auto found = std::ranges::find(operations, id, &Operation::id);
  if (found == operations.end()) {
    std::vector<std::string> known;
    for (const Operation& other : operations) known.push_back(other.id);
    reader.fail_key(at, "unknown-operation", "found unknown operation '" + id + "'" + did_you_mean(id, known));
    return;
  }
  Operation& operation = *found;
  reader.keys(at, {"perform", "collection", "id", "success", "answers", "refusals", "page", "filters", "ignored", "order", "where", "from",
                   "record", "changes", "unwrap", "replace", "merge", "missing", "sort"});
  operation.perform = reader.choice<Perform>(at + "/perform",
                                             {{"create", Perform::create},
                                              {"read", Perform::read},
                                              {"list", Perform::list},
                                              {"update", Perform::update},
                                              {"delete", Perform::remove},
                                              {"change", Perform::change},
                                              {"issue_token", Perform::issue_token},
                                              {"answer", Perform::module},
                                              {"module", Perform::module}},
                                             Perform::module);
  operation.collection = reader.text(at + "/collection");
  operation.unwrap = reader.text(at + "/unwrap");
  operation.success = reader.text(at + "/success");
  operation.answers = reader.texts(at + "/answers");
  operation.newest_first = reader.word(at + "/order", {"newest_first", "oldest_first"}, "oldest_first") == "newest_first";
  operation.refusals = context.contract.refusals;
  read_refusals(reader, at + "/refusals", operation.refusals);
  load_filters(context.contract, reader, at + "/filters", operation);
  operation.ignored = reader.texts(at + "/ignored");
  if (const std::string page = at + "/page"; reader.has(page)) {
    reader.keys(page, {"number", "offset", "cursor", "size", "first", "default", "maximum"});
    using Kind = Paging::Kind;
    const Kind kind = reader.has(page + "/offset") ? Kind::offset : reader.has(page + "/cursor") ? Kind::cursor : Kind::number;
    const char* name = kind == Kind::offset ? "/offset" : kind == Kind::cursor ? "/cursor" : "/number";
    operation.paging = Paging{.number = reader.required_text(page + name),
                              .size = kind == Kind::number ? reader.required_text(page + "/size") : reader.text(page + "/size"),
                              .kind = kind,
                              .first = reader.integer(page + "/first", 1),
                              .default_size = reader.integer(page + "/default", 10)};
    if (const std::string word = page + "/maximum/switch"; reader.has(word)) {
      operation.paging->maximum_switch = reader.text(word);
      if (context.contract.find_switch(operation.paging->maximum_switch) == nullptr)
        reader.fail(word, "unknown-switch", "found unknown switch '" + operation.paging->maximum_switch + "'");
    } else {
      operation.paging->maximum_size = reader.integer(page + "/maximum", 50);
    }
  }
  if (const std::string sort = at + "/sort"; reader.has(sort)) {
    reader.keys(sort, {"by", "order"});
    operation.sorting = {.by = reader.text(sort + "/by"), .order = reader.text(sort + "/order")};
  }
  operation.replace = reader.flag(at + "/replace");
  operation.merge = reader.flag(at + "/merge");
  const std::string perform = reader.text(at + "/perform");
  load_changes(context, reader, operation);
  const bool needs_none =
      operation.perform == Perform::module || operation.perform == Perform::issue_token || operation.perform == Perform::change;
  const bool names_one = operation.perform == Perform::read || operation.perform == Perform::update || operation.perform == Perform::remove;
  if (!needs_none && operation.collection.empty() && !operation.from)
    reader.fail(at, "missing-key", "perform: " + perform + " needs 'collection'");
  if (names_one && !operation.names_record())
    reader.fail(at, "missing-key", "perform: " + perform + " needs 'id', the path parameter that names the record, or 'where'");
  if (operation.perform == Perform::change && operation.collection.empty() == operation.names_record())
    reader.fail(at, "missing-key", "perform: change has both 'collection' and 'id' or 'where', or none of them");
}

}  // namespace

void load_rules(LoadContext& context, const YamlDocument& document) {
  Reader reader(document, context.problem);
  Contract& contract = context.contract;
  reader.keys("", {"defaults", "binding", "paths", "switches", "settings", "credentials", "rate_limit", "refusals", "field_prefix",
                   "messages", "operations", "rows", "credentials_before_path"});
  reader.keys("/defaults", {"source", "evidence", "refuse"});
  context.rule_defaults = read_fact(reader, "/defaults", {.source = contract.api, .evidence = Evidence::documented});
  context.default_refuse = reader.text("/defaults/refuse");
  load_binding(context, reader);
  reader.keys("/paths", {"ignore_case", "trailing_slash", "extension", "query_prefix", "typed"});
  contract.paths_typed = reader.flag("/paths/typed");
  contract.paths_ignore_case = reader.flag("/paths/ignore_case");
  contract.trailing_slash = reader.flag("/paths/trailing_slash");
  contract.extension = reader.text("/paths/extension");
  contract.query_prefix = reader.text("/paths/query_prefix");
  load_switches(context, reader);
  load_settings(context, reader);
  load_credentials(context, reader);
  contract.credentials_before_path = reader.flag("/credentials_before_path");
  load_rate_limit(context, reader);
  read_refusals(reader, "/refusals", contract.refusals);
  contract.field_prefix = reader.text("/field_prefix");
  contract.messages = reader.text_map("/messages");
  for (Operation& operation : contract.operations) operation.refusals = contract.refusals;
  for (const std::string& id : reader.members("/operations")) load_performing(context, reader, id);
  load_rows(context, reader);
}

}  // namespace understudy
