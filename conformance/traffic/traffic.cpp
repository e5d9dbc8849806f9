#include "conformance/traffic/traffic.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/judge/judge_step.h"
#include "conformance/judge/message.h"
#include "conformance/judge/severity.h"
#include "contracts/src/base/text.h"
#include "contracts/src/redact/mask.h"

namespace understudy {
namespace {

Finding make_decision(std::string expected, const Response& response, std::string rule, const Fact& fact) {
  auto finding = make_finding({}, "status", "", std::move(expected), fmt::format("status {}", response.status));
  finding.rule = std::move(rule);
  finding.source = fact.source;
  finding.evidence = fact.evidence;
  return finding;
}

// What a body says of the record that was made.
std::optional<std::string> find_made_id(const ResponseDefinition& answer, const Switches& switches, const Json& body) {
  const auto& variant = pick_variant(answer, switches);
  const Json* id = variant.id ? find_pointer(body, *variant.id) : nullptr;
  return id != nullptr && id->is_primitive() && !id->is_null() ? std::optional(as_text(*id)) : std::nullopt;
}

std::vector<SentCall> read_calls(const Contract& contract, const std::string& body) {
  const Batch& batch = *contract.batch;
  std::vector<SentCall> calls;
  const auto sent = parse_body(body);
  if (!sent) return calls;
  for (const Json& call : sent->is_array() ? *sent : Json::array({*sent})) {
    const auto method = text_at(call, batch.member_operation);
    const auto known = batch.calls.find(method);
    CallStep step{.method = method};
    if (const Json* id = find_pointer(call, batch.member_correlation)) step.id = *id;
    calls.push_back({.step = std::move(step),
                     .operation = known == batch.calls.end() ? nullptr : contract.find_operation(known->second),
                     .element = call});
  }
  return calls;
}

// A value that is masked in the recording says nothing.
bool is_masked(const std::optional<Json>& body, const std::string& pointer) {
  const Json* value = body ? find_pointer(*body, pointer) : nullptr;
  return value != nullptr && value->is_string() && value->get_ref<const std::string&>().find(kMask) != std::string::npos;
}

// A request that no operation matches: only what any request may get.
Operation make_unmatched(const Contract& contract) {
  const Refusals& refusals = contract.refusals;
  return make_operation(contract, {refusals.path, refusals.method, refusals.credentials, refusals.throttle, refusals.unhandled});
}

}  // namespace

// One exchange while it is judged.
struct TrafficJudge::Seen {
  const Exchange& exchange;
  const Route& route;
  Api& api;
  const Operation& operation;  // of the route, or one with what any request may get
  const ResponseDefinition* answer = nullptr;
  std::optional<Json> sent = {}, answered = {};
  Json bound = nullptr;  // the body of the request as the API reads it
  Findings findings = {};

  const Contract& contract() const { return *api.contract; }
  const Response& response() const { return exchange.response; }
  bool is_success() const { return answer != nullptr ? answer->success : response().status < 300; }
  std::string record_id() const {
    const auto found = route.path.find(operation.record_id);
    return found == route.path.end() ? "" : found->second;
  }
  bool has_credential() const {
    const auto& credentials = contract().credentials;
    return find_header(exchange.request.headers, "Authorization") ||
           (!credentials.header.empty() && find_header(exchange.request.headers, credentials.header));
  }
};

TrafficJudge::TrafficJudge(const Contracts& contracts, TrafficOptions options)
    : options_(std::move(options)), router_(contracts), document_(*parse_yaml("{}", options_.file)), contracts_(contracts) {
  for (const auto& contract : contracts.apis) {
    Api& api = apis_[contract->api];
    api.contract = contract.get();
    api.switches = resolve_profile(options_.profile, *contract);
    for (const Setting& setting : contract->settings) api.settings[setting.name] = setting.value;
    secrets_.add_contract(*contract);
  }
}

JudgeContext TrafficJudge::context_of(const Seen& seen) const {
  const bool is_login = !seen.operation.id.empty() && seen.operation.id == seen.contract().credentials.operation;
  return {.contract = &seen.contract(),
          .operation = &seen.operation,
          .switches = &seen.api.switches,
          .settings = &seen.api.settings,
          .document = &document_,
          .variables = &variables_,
          .level = is_login ? std::max(options_.level, Evidence::observed) : options_.level};
}

// Returns why it is unknown; empty: judged.
std::string TrafficJudge::judge_shape(Seen& seen) {
  const Exchange& exchange = seen.exchange;
  if (exchange.response_cut > 0) return "the body of the response is not complete in the file";
  const bool is_head = exchange.request.method == "HEAD";
  if (is_head || exchange.response.status == 304) return "a response without a body says too little";
  if (seen.route.operation == nullptr && !seen.route.is_batch && exchange.response.status < 400)
    return "the contract has no operation for this request";
  Message message{
      .contract = &seen.contract(), .operation = seen.route.operation, .method = exchange.request.method, .body = exchange.request.body};
  if (seen.route.is_batch) {
    if (exchange.request_cut > 0) return "the body of the request is not complete in the file";
    message.is_batch = true;
    message.calls = read_calls(seen.contract(), exchange.request.body);
  }
  const TransportResult result{.response = exchange.response};
  auto judged = judge_step(context_of(seen), Step(), message, result);
  if (!judged) return judged.error().message;
  seen.answer = seen.contract().find_response(judged->answer);
  seen.findings = std::move(judged->findings);
  std::erase_if(seen.findings, [&seen](const Finding& finding) { return is_masked(seen.answered, finding.pointer); });
  return {};
}

std::string TrafficJudge::judge_success(Seen& seen) {
  const Operation& operation = seen.operation;
  const auto* refusal = seen.contract().find_response(operation.refusals.credentials);
  if (operation.secured && refusal != nullptr && seen.contract().credentials.kind != Credentials::Kind::none && !seen.has_credential()) {
    seen.findings.push_back(make_decision("a refusal, because the request carries no credential", seen.response(),
                                          seen.contract().api + "." + refusal->name, pick_variant(*refusal, seen.api.switches).fact));
    return {};
  }
  if (seen.api.records.find(operation.collection, seen.record_id()) == SeenRecords::State::removed &&
      operation.perform != Perform::create) {
    seen.findings.push_back(
        make_decision("a refusal, because the record was removed before", seen.response(), operation.name, operation.fact));
    return {};
  }
  if (!seen.sent || operation.binder == nullptr) return {};
  constexpr std::size_t kMostRows = 100;
  Findings broken = check_shape(seen.contract(), operation, seen.bound);
  Json body = seen.bound;
  const RuleContext rules{.settings = seen.api.settings, .switches = seen.api.switches, .records = &seen.api.records};
  if (operation.items.empty()) {
    for (auto& row : find_broken_rows(seen.contract(), operation, body, rules, kMostRows))
      if (row.row->verb != Verb::exists_in) broken.push_back(std::move(row.finding));
  }
  std::erase_if(broken, [&seen](const Finding& finding) { return is_masked(seen.sent, finding.pointer); });
  if (broken.empty()) return {};
  const auto& rule = *std::ranges::min_element(broken, {}, &Finding::evidence);
  auto finding = make_decision(fmt::format("a refusal, because {} is {}, not {}", rule.pointer, rule.actual, rule.expected),
                               seen.response(), rule.rule, {.source = rule.source, .evidence = rule.evidence});
  finding.message = rule.message;
  seen.findings.push_back(std::move(finding));
  return {};
}

// A refusal is right if a rule that refuses with it is broken, wrong if no rule can be, else unknown.
std::string TrafficJudge::judge_refusal(Seen& seen) {
  const Operation& operation = seen.operation;
  const Refusals& refusals = operation.refusals;
  const auto& name = seen.answer->name;
  if (name == refusals.credentials || name == refusals.bad_credentials)
    return seen.has_credential() || operation.perform == Perform::issue_token ? "whether the credential is valid is not known" : "";
  if (name == refusals.path || name == refusals.method) {
    if (seen.route.operation == nullptr) return "";
    if (name != refusals.record) return "the contract has this operation, the server perhaps not";
  }
  if (name == refusals.throttle || name == refusals.unhandled || name == refusals.media_type) return "no rule of the contract decides it";
  const auto state = seen.api.records.find(operation.collection, seen.record_id());
  if (name == refusals.record && !seen.record_id().empty()) {
    if (state == SeenRecords::State::removed) return "";
    if (state == SeenRecords::State::unknown) return "records from before the recording are not known";
  } else {
    if (seen.exchange.request.body.empty() ? operation.body_required : !seen.sent) return "";  // not readable: refused rightly
    if (!seen.sent) return "no rule of the contract decides it";
    auto context = context_of(seen);
    if (find_refusing_rule(context, *seen.sent, seen.answer)) {
      // Of a rule about records, only what was seen decides.
      const RuleContext rules{.settings = seen.api.settings, .switches = seen.api.switches, .records = &seen.api.records};
      Json body = seen.bound;
      const bool is_broken = !check_shape(seen.contract(), operation, seen.bound).empty() ||
                             !find_broken_rows(seen.contract(), operation, body, rules, 1).empty();
      return is_broken ? "" : "records from before the recording are not known";
    }
    const bool is_about_body = name == refusals.shape || name == refusals.rows || name == refusals.undecodable;
    if (!is_about_body || operation.perform == Perform::module || !operation.items.empty()) return "no rule of the contract decides it";
  }
  const auto* success = seen.contract().find_response(operation.success);
  if (success == nullptr) return "no rule of the contract decides it";
  auto finding =
      make_decision(describe_answer(*success, pick_variant(*success, seen.api.switches), seen.api.switches), seen.response(), {}, {});
  attach_rule(context_of(seen), finding, *success, {.accepted = false, .sent = seen.sent ? &*seen.sent : nullptr, .item = {}});
  finding.message = state == SeenRecords::State::exists ? "The record was made before." : "No rule of the contract refuses this request.";
  seen.findings.push_back(std::move(finding));
  return {};
}

std::string TrafficJudge::judge_decision(Seen& seen) {
  if (seen.route.is_batch || seen.route.operation == nullptr || seen.answer == nullptr) return {};
  if (seen.exchange.request_cut > 0) return "the body of the request is not complete in the file";
  return seen.is_success() ? judge_success(seen) : judge_refusal(seen);
}

void TrafficJudge::note_record(const Seen& seen) {
  const Operation& operation = seen.operation;
  if (!seen.is_success() || operation.collection.empty() || seen.answer == nullptr) return;
  if (operation.perform == Perform::remove && !seen.record_id().empty())
    return seen.api.records.remove(operation.collection, seen.record_id());
  const bool reads = operation.perform == Perform::read || operation.perform == Perform::update;
  if (reads && !seen.record_id().empty()) seen.api.records.add(operation.collection, seen.record_id(), {}, {});
  if (!seen.answered) return;
  if (const auto id = find_made_id(*seen.answer, seen.api.switches, *seen.answered))
    seen.api.records.add(operation.collection, *id, operation.rows, seen.bound);
}

Verdict TrafficJudge::judge(const Exchange& exchange) {
  const Route route = router_.find(exchange.request.method, exchange.request.target);
  Verdict verdict{.kind = VerdictKind::skipped,
                  .name = fmt::format("{} {} [entry {}]", exchange.request.method, path_of(exchange.request.target), exchange.number),
                  .title = "An exchange of the recording",
                  .file = options_.file,
                  .profile = render_profile(options_.profile)};
  if (exchange.response.status == 0) {
    verdict.reason = "no response came";
    return verdict;
  }
  if (route.contract == nullptr) {
    verdict.reason = "no contract has this path";
    return verdict;
  }
  verdict.api = route.contract->api;
  const Operation unmatched = route.operation == nullptr ? make_unmatched(*route.contract) : Operation();
  Seen seen{.exchange = exchange,
            .route = route,
            .api = apis_.at(verdict.api),
            .operation = route.operation != nullptr ? *route.operation : unmatched};
  verdict.name = fmt::format("{}/{} [entry {}]", verdict.api,
                             route.operation != nullptr ? route.operation->id
                             : route.is_batch           ? "batch"
                                                        : "request",
                             exchange.number);
  if (auto body = parse_body(exchange.request.body); body && exchange.request_cut == 0) {
    seen.sent = std::move(*body);
    seen.bound = seen.operation.binder != nullptr ? seen.operation.binder->bind(*seen.sent) : *seen.sent;
  }
  if (auto body = parse_body(exchange.response.body)) seen.answered = std::move(*body);
  verdict.reason = judge_shape(seen);
  if (verdict.reason.empty()) verdict.reason = judge_decision(seen);
  note_record(seen);
  if (options_.brief && seen.findings.empty() && verdict.reason.empty()) {
    verdict.kind = VerdictKind::passed;
    return verdict;
  }
  assign_severity(seen.findings, options_.level);

  StepReport step{.number = exchange.number,
                  .operation = route.operation != nullptr ? route.operation->name : "",
                  .place = {.file = options_.file},
                  .request = exchange.request,
                  .result = {.response = exchange.response, .elapsed = Milliseconds(static_cast<std::int64_t>(exchange.milliseconds))},
                  .answer = seen.answer != nullptr ? seen.answer->name : ""};
  for (auto& finding : seen.findings) {
    finding.place = {.file = options_.file};
    auto rule = find_rule_text(contracts_, finding);
    step.differences.push_back({.finding = std::move(finding), .source_line = {}, .rule = std::move(rule)});
  }
  if (has_errors(step))
    verdict.kind = VerdictKind::failed;
  else if (verdict.reason.empty())
    verdict.kind = VerdictKind::passed;
  verdict.steps.push_back(std::move(step));
  if (verdict.kind == VerdictKind::failed) verdict.reason.clear();
  secrets_.hide(verdict);
  return verdict;
}

}  // namespace understudy
