#include "conformance/judge/judge_batch.h"

#include <fmt/format.h>

#include "conformance/judge/severity.h"

namespace understudy {
namespace {

Bench bench_of(const Bench& bench, const Operation& operation) {
  return {.contract = bench.contract,
          .operation = operation,
          .switches = bench.switches,
          .settings = bench.settings,
          .document = bench.document,
          .variables = bench.variables,
          .now = bench.now,
          .strict = bench.strict,
          .decided = bench.decided};
}

const Operation& operation_of(const SentCall& call, const Operation& unknown) {
  return call.operation != nullptr ? *call.operation : unknown;
}

bool answers(const SentCall& call) { return call.operation == nullptr || !call.operation->answers_nothing; }

Finding wrong(const Bench& bench, const std::string& part, std::string code, std::string pointer, std::string expected,
              std::string actual) {
  Finding finding;
  finding.code = std::move(code);
  finding.pointer = std::move(pointer);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.place = bench.document.place(part);
  return finding;
}

// An element, or an item in it, as an answer of its scope. Decides like judge.cpp does for exchanges.
Look look_for_element(const Bench& bench, Scope scope, const Json& element, const ResponseDefinition* expected, const std::string& part,
                      const std::string& pointer, const Json* sent, std::optional<std::size_t> item) {
  Look look;
  look.body = element;
  auto nearest = check_element(bench.contract, bench.operation, bench.switches, scope, element);
  const auto describe_nearest = [&] {
    return nearest.answer != nullptr && nearest.findings.empty() ? describe_answer(*nearest.answer, *nearest.variant, bench.switches)
                                                                 : describe(element, 120);
  };
  if (expected == nullptr) {
    look.answer = nearest.answer;
    look.variant = nearest.variant;
    look.contract_findings = std::move(nearest.findings);
    if (nearest.answer == nullptr) {
      look.findings.push_back(wrong(bench, part, "answer", pointer, "an answer of the contract", describe(element, 120)));
      look.over = true;
    }
    return look;
  }
  auto judgement = check_element(bench.contract, bench.operation, bench.switches, scope, element, expected);
  look.answer = expected;
  look.variant = judgement.variant;
  const bool right_scope = expected->scope == scope;
  const bool is_another =
      !judgement.findings.empty() && nearest.answer != nullptr && nearest.answer != expected && nearest.findings.empty();
  if (right_scope && !is_another) {
    look.contract_findings = std::move(judgement.findings);
    return look;
  }
  const auto& variant = pick_variant(*expected, bench.switches);
  look.variant = &variant;
  auto finding = wrong(bench, part, "answer", pointer, describe_answer(*expected, variant, bench.switches), describe_nearest());
  weigh(bench, finding, expected, &variant, nearest.answer != nullptr && nearest.answer->success, sent, item);
  look.findings.push_back(std::move(finding));
  look.over = true;
  return look;
}

// What the contract says about every element, whatever it answers.
void check_envelope(const Bench& bench, const SentCall& call, const Json& element, Findings& findings) {
  const auto& batch = *bench.contract.batch;
  if (!element.is_object()) {
    findings.push_back(wrong(bench, call.step.pointer, "type", "", "an object", describe(element)));
    return;
  }
  for (const auto& [name, value] : batch.envelope.items()) {
    const Json* found = find_pointer(element, join_pointer("", name));
    if (found == nullptr || !json_equal(*found, value)) {
      findings.push_back(wrong(bench, call.step.pointer, "envelope", join_pointer("", name), describe(value),
                               found == nullptr ? "absent" : describe(*found)));
    }
  }
  const Json* sent = find_pointer(call.element, batch.member_correlation);
  const Json* echoed = find_pointer(element, batch.member_correlation);
  if (sent != nullptr && (echoed == nullptr || !json_equal(*sent, *echoed))) {
    findings.push_back(wrong(bench, call.step.pointer, "id", batch.member_correlation, fmt::format("{}, as sent", describe(*sent)),
                             echoed == nullptr ? "absent" : describe(*echoed)));
  }
}

const ResponseDefinition* expected_item(const Bench& bench, const Expectation& expect, std::size_t index) {
  std::string name = expect.answer;
  if (index < expect.items.size()) {
    const Json* own = find_pointer(expect.items[index], "/answer");
    if (own != nullptr && own->is_string()) name = own->get<std::string>();
  }
  return name.empty() ? nullptr : bench.contract.find_response(name);
}

std::string item_part(const Expectation& expect, std::size_t index) {
  return index < expect.items.size() ? join_pointer(expect.pointer + "/items", index) : expect.pointer;
}

void look_at_items(const Bench& bench, const SentCall& call, const Json& list, CallLook& look, Findings& findings) {
  const auto& batch = *bench.contract.batch;
  const auto& expect = call.step.expect;
  const Json* arguments = find_pointer(call.element, batch.member_arguments);
  const Json* items = arguments != nullptr ? find_pointer(*arguments, bench.operation.items) : nullptr;
  const auto wanted = items != nullptr && items->is_array() ? items->size() : list.size();
  const auto result = join_pointer("", batch.result_member);
  if (list.size() != wanted) {
    findings.push_back(wrong(bench, expect.pointer, "items", result, fmt::format("a list of {}, one for each item sent", wanted),
                             fmt::format("a list of {}", list.size())));
    return;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto one = look_for_element(bench, Scope::item, list[i], expected_item(bench, expect, i), item_part(expect, i), join_pointer(result, i),
                                arguments, i);
    findings.insert(findings.end(), one.findings.begin(), one.findings.end());
    look.items.push_back(std::move(one));
  }
}

CallLook look_at_call(const Bench& bench, const SentCall& call, const Json& element, Findings& findings) {
  CallLook look{.call = &call, .element = element, .is_refused = false};
  check_envelope(bench, call, element, findings);
  if (!element.is_object()) return look;
  const auto& expect = call.step.expect;
  const Json* list = find_pointer(element, join_pointer("", bench.contract.batch->result_member));
  const auto* expected = expect.answer.empty() ? nullptr : bench.contract.find_response(expect.answer);
  const bool call_is_wanted = expected != nullptr && expected->scope == Scope::call;
  if (list != nullptr && list->is_array() && !bench.operation.items.empty() && !call_is_wanted) {
    look_at_items(bench, call, *list, look, findings);
    return look;
  }
  const Json* arguments = find_pointer(call.element, bench.contract.batch->member_arguments);
  if (call_is_wanted && !expected->success && list != nullptr) {
    const auto& variant = pick_variant(*expected, bench.switches);
    auto finding = wrong(bench, expect.pointer, "answer", "", describe_answer(*expected, variant, bench.switches),
                         "a result: " + describe(*list, 120));
    weigh(bench, finding, expected, &variant, true, arguments);
    findings.push_back(std::move(finding));
    look.whole.answer = expected;
    look.whole.variant = &variant;
    return look;
  }
  look.is_refused = list == nullptr;
  look.whole = look_for_element(bench, Scope::call, element, expected, expect.pointer, "", arguments, std::nullopt);
  findings.insert(findings.end(), look.whole.findings.begin(), look.whole.findings.end());
  if (look.is_refused && expected == nullptr && !expect.items.empty()) {
    findings.push_back(wrong(bench, expect.pointer + "/items", "answer", "", "an answer for each item", describe(element, 120)));
  }
  return look;
}

Result<void> add_matches(Findings& all, Result<Findings> more, const std::string& prefix) {
  if (!more) return tl::unexpected(more.error());
  for (auto& finding : *more) {
    finding.pointer = prefix + finding.pointer;
    all.push_back(std::move(finding));
  }
  return {};
}

Result<void> look_closer_at_call(const Bench& bench, const CallLook& look, Findings& all) {
  const auto& expect = look.call->step.expect;
  const auto add_contract = [&](const Look& one, const std::string& prefix) {
    if (!expect.contract_checked) return;
    for (auto& finding : placed(bench, one.contract_findings, expect)) {
      finding.pointer = prefix + finding.pointer;
      all.push_back(std::move(finding));
    }
  };
  add_contract(look.whole, "");
  for (std::size_t i = 0; i < look.items.size(); ++i) {
    const auto pointer = join_pointer(join_pointer("", bench.contract.batch->result_member), i);
    add_contract(look.items[i], pointer);
    const Json* body = i < expect.items.size() ? find_pointer(expect.items[i], "/body") : nullptr;
    if (body == nullptr) continue;
    if (auto done =
            add_matches(all, match_part(bench, item_part(expect, i) + "/body", *body, &*look.items[i].body, look.items[i]), pointer);
        !done)
      return done;
  }
  if (!expect.items.empty() && !look.items.empty() && expect.items.size() != look.items.size()) {
    all.push_back(wrong(bench, expect.pointer + "/items", "items", join_pointer("", bench.contract.batch->result_member),
                        fmt::format("a list of {}", expect.items.size()), fmt::format("a list of {}", look.items.size())));
  }
  if (!expect.body) return {};
  const auto& whole = look.items.empty() ? look.whole : look.items.front();
  return add_matches(all, match_part(bench, expect.pointer + "/body", *expect.body, &look.element, whole), "");
}

// Whether the expectation speaks of the exchange as a whole, so that its calls are not judged one by one.
bool is_about_whole(const Expectation& expect) { return !expect.answer.empty() || !expect.transport.empty() || !expect.contract_checked; }

}  // namespace

Result<BatchLook> look_first_batch(const Bench& bench, const Operation& unknown, const Expectation& expect, const Message& message,
                                   const TransportResult& result) {
  BatchLook look;
  if (result.outcome != Outcome::answered || is_about_whole(expect)) {
    auto exchange = look_first(bench, expect, result, nullptr);
    if (!exchange) return tl::unexpected(exchange.error());
    look.exchange = std::move(*exchange);
    return look;
  }
  auto& exchange = look.exchange;
  if (auto body = parse_json(result.response.body)) exchange.body = std::move(*body);
  const Json status = result.response.status;
  auto wrong_status = match_part(bench, expect.pointer + "/status", expect.status.value_or(Json(200)), &status, exchange);
  if (!wrong_status) return tl::unexpected(wrong_status.error());
  for (auto& finding : *wrong_status) finding.code = "status";
  exchange.findings = std::move(*wrong_status);

  std::vector<const SentCall*> answering;
  for (const auto& call : message.calls) {
    if (answers(call)) answering.push_back(&call);
  }
  if (exchange.findings.empty() && (!exchange.body || !exchange.body->is_array() || exchange.body->size() != answering.size())) {
    const auto actual = !exchange.body              ? std::string("no JSON")
                        : exchange.body->is_array() ? fmt::format("a list of {}", exchange.body->size())
                                                    : describe(*exchange.body);
    exchange.findings.push_back(wrong(bench, expect.pointer, "elements", "",
                                      fmt::format("a list of {}, one for each call that answers", answering.size()), actual));
  }
  if (exchange.findings.empty()) {
    for (std::size_t i = 0; i < answering.size(); ++i) {
      const auto own = bench_of(bench, operation_of(*answering[i], unknown));
      look.calls.push_back(look_at_call(own, *answering[i], (*exchange.body)[i], exchange.findings));
    }
  }
  exchange.over = !exchange.findings.empty();
  return look;
}

Result<Findings> look_closer_batch(const Bench& bench, const Operation& unknown, const Expectation& expect, const BatchLook& look,
                                   const TransportResult& result) {
  Expectation outer = expect;
  outer.contract_checked = expect.contract_checked && is_about_whole(expect);  // the elements are checked one by one
  auto all = look_closer(bench, outer, look.exchange, result);
  if (!all) return all;
  for (const auto& call : look.calls) {
    if (auto done = look_closer_at_call(bench_of(bench, operation_of(*call.call, unknown)), call, *all); !done)
      return tl::unexpected(done.error());
  }
  return all;
}

}  // namespace understudy
