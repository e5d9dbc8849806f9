#include "conformance/judge/judge_step.h"

#include <fmt/format.h>

#include <iterator>

#include "conformance/judge/judge_batch.h"

namespace understudy {
namespace {

Bench with_names(const Bench& bench, const Variables& names, bool decided) {
  return {.contract = bench.contract,
          .operation = bench.operation,
          .switches = bench.switches,
          .settings = bench.settings,
          .document = bench.document,
          .variables = names,
          .now = bench.now,
          .strict = bench.strict,
          .records = bench.records,
          .decided = decided};
}

// Where captures are taken from: a body, or a call's element with the answer that it gave.
struct Source {
  const Json* body = nullptr;
  const ResponseVariant* variant = nullptr;
  std::string within;  // pointer of the answer inside the body
};

// What a step took from its answer, right or wrong: the cleanup may need it. Only a step that goes on must have it all.
void capture(const Bench& bench, const std::map<std::string, std::string>& captures, const std::string& where, const Source& source,
             Judged& judged) {
  const bool must_have = !judged.over;
  for (const auto& [name, pointer] : captures) {
    const bool is_id = pointer == "$id";
    const bool has_id = source.variant != nullptr && source.variant->id.has_value();
    const auto path = is_id ? (has_id ? source.within + *source.variant->id : std::string()) : pointer;
    const Json* value = source.body != nullptr && (!is_id || has_id) ? find_pointer(*source.body, path) : nullptr;
    if (value != nullptr) {
      judged.captured.insert_or_assign(name, *value);
      continue;
    }
    if (!must_have) continue;
    Finding finding;
    finding.code = "capture";
    finding.pointer = path;
    finding.expected = is_id ? fmt::format("the created record's id, for {{{{{}}}}}", name) : fmt::format("a value for {{{{{}}}}}", name);
    finding.actual = is_id && !has_id ? "an answer that carries no id" : "absent";
    finding.place = bench.document.place(join_pointer(where + "/capture", name));
    judged.findings.push_back(std::move(finding));
    judged.over = true;
  }
}

Variables add_captured(const Variables& names, const Judged& judged) {
  Variables all = names;
  for (const auto& [name, value] : judged.captured) all.set(name, value);
  return all;
}

Result<Judged> close(Judged judged, Result<Findings> more) {
  if (!more) return tl::unexpected(more.error());
  judged.findings.insert(judged.findings.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  return judged;
}

Result<Judged> judge_exchange(const Bench& bench, const Step& step, const Message& message, const TransportResult& result) {
  auto look = look_first(bench, step.expect, result, message.json ? &*message.json : nullptr);
  if (!look) return tl::unexpected(look.error());
  Judged judged{.findings = std::move(look->findings), .answer = look->answer != nullptr ? look->answer->name : "", .over = look->over};
  const bool ends_here = judged.over;
  if (result.outcome == Outcome::answered) {
    capture(bench, step.capture, step.pointer, {.body = look->body ? &*look->body : nullptr, .variant = look->variant}, judged);
  }
  if (ends_here) {
    if (judged.findings.empty()) judged.findings = placed(bench, std::move(look->contract_findings), step.expect);
    return judged;
  }
  const auto names = add_captured(bench.variables, judged);
  auto closer = look_closer(with_names(bench, names, judged.over), step.expect, *look, result);
  return close(std::move(judged), std::move(closer));
}

Source source_of(const CallLook& call, const std::string& result_member) {
  if (call.items.empty()) return {.body = &call.element, .variant = call.whole.variant};
  return {.body = &call.element,
          .variant = call.items.front().variant,
          .within = join_pointer(join_pointer("", result_member), std::size_t{0})};
}

Result<Judged> judge_batch(const Bench& bench, const Step& step, const Message& message, const TransportResult& result) {
  const auto& batch = *message.contract->batch;
  const auto unknown = make_operation(*message.contract, {batch.unknown_call, batch.bad_arguments, batch.not_authorized});
  auto look = look_first_batch(bench, unknown, step.expect, message, result);
  if (!look) return tl::unexpected(look.error());
  Judged judged{.findings = std::move(look->exchange.findings),
                .answer = look->exchange.answer != nullptr ? look->exchange.answer->name : "",
                .over = look->exchange.over};
  if (result.outcome == Outcome::answered) {
    capture(bench, step.capture, step.pointer, {.body = look->exchange.body ? &*look->exchange.body : nullptr, .variant = nullptr}, judged);
    for (const auto& call : look->calls)
      capture(bench, call.call->step.capture, call.call->step.pointer, source_of(call, batch.result_member), judged);
  }
  // The calls are looked at closely even if one of them decides: each has a place of its own.
  const auto names = add_captured(bench.variables, judged);
  auto closer = look_closer_batch(with_names(bench, names, judged.over), unknown, step.expect, *look, result);
  return close(std::move(judged), std::move(closer));
}

}  // namespace

Result<Judged> judge_step(const Bench& bench, const Step& step, const Message& message, const TransportResult& result) {
  return message.is_batch ? judge_batch(bench, step, message, result) : judge_exchange(bench, step, message, result);
}

}  // namespace understudy
