// Renders journal entries as JSON in this project's own format.
#include "mock/state/journal.h"

namespace understudy {
namespace {

Json render_headers(const Headers& headers) {
  Json out = Json::array();
  for (const Header& header : headers) out.push_back({{"name", header.name}, {"value", header.value}});
  return out;
}

std::string_view to_string(Change::Kind kind) {
  return kind == Change::Kind::created ? "created" : kind == Change::Kind::updated ? "updated" : "removed";
}

std::string_view to_string(Delivery::Ending ending) {
  switch (ending) {
    case Delivery::Ending::complete: return "complete";
    case Delivery::Ending::close: return "close";
    case Delivery::Ending::reset: return "reset";
    case Delivery::Ending::stall: return "stall";
  }
  return "";
}

Json render_finding(const Finding& finding) {
  Json out = {{"code", finding.code}, {"pointer", finding.pointer}, {"message", finding.message}};
  if (!finding.expected.empty()) out["expected"] = finding.expected;
  if (!finding.actual.empty()) out["actual"] = finding.actual;
  if (!finding.rule.empty()) out["rule"] = finding.rule;
  if (!finding.source.empty()) out["source"] = finding.source;
  return out;
}

std::string answer_place(const Contracts& contracts, const std::string& api, const std::string& answer) {
  const Contract* contract = contracts.find_api(api);
  const ResponseDefinition* found = contract == nullptr ? nullptr : contract->find_response(answer);
  if (found == nullptr || found->place.file.empty()) return {};
  return found->place.file + ":" + std::to_string(found->place.line);
}

Json render_decision(const Decision& decision, const std::string& api, const Contracts* contracts) {
  Json out = {{"operation", decision.operation}, {"answer", decision.answer}};
  if (!decision.rule.empty()) out["rule"] = decision.rule;
  if (!decision.place.empty()) out["place"] = decision.place;
  if (!decision.evaluated_rules.empty()) out["asked"] = decision.evaluated_rules;
  if (contracts != nullptr) {
    if (auto place = answer_place(*contracts, api, decision.answer); !place.empty()) out["answer_place"] = std::move(place);
  }
  for (const Finding& finding : decision.findings) out["findings"].push_back(render_finding(finding));
  return out;
}

}  // namespace

std::string marked_body(const std::string& body, std::size_t cut) {
  return cut == 0 ? body : body + "[cut: " + std::to_string(cut) + " more bytes]";
}

Json render_reasons(const JournalEntry& entry, std::string_view tenant, const Contracts* contracts) {
  Json decisions = Json::array();
  for (const Decision& decision : entry.decisions) decisions.push_back(render_decision(decision, entry.api, contracts));
  Json committed = Json::array();
  for (const Change& change : entry.committed) {
    committed.push_back({{"kind", to_string(change.kind)}, {"collection", change.collection}, {"id", change.id}});
  }
  Json out = {{"id", entry.id},
              {"at", render_rfc3339_millis(entry.at)},
              {"tenant", tenant},
              {"api", entry.api},
              {"matched", entry.matched},
              {"decisions", std::move(decisions)},
              {"committed", std::move(committed)},
              {"microseconds", entry.microseconds}};
  if (!entry.findings.empty()) out["findings"] = entry.findings;
  if (!entry.fault.empty()) out["fault"] = {{"kind", entry.fault}, {"phase", entry.phase}};
  if (entry.ending != Delivery::Ending::complete || entry.delay.count() > 0) {
    Json delivery = {{"ending", to_string(entry.ending)}, {"delay_ms", entry.delay.count()}};
    if (entry.after_bytes) delivery["after_bytes"] = *entry.after_bytes;
    out["delivery"] = std::move(delivery);
  }
  Json cut = Json::object();
  if (entry.request_cut > 0) cut["request_body_bytes"] = entry.request_cut;
  if (entry.response_cut > 0) cut["response_body_bytes"] = entry.response_cut;
  if (entry.decisions_cut > 0) cut["decisions"] = entry.decisions_cut;
  if (entry.committed_cut > 0) cut["committed"] = entry.committed_cut;
  if (!cut.empty()) out["cut"] = std::move(cut);
  return out;
}

Json render_entry(const JournalEntry& entry, std::string_view tenant, const Contracts* contracts) {
  Json out = render_reasons(entry, tenant, contracts);
  out["request"] = {{"method", entry.request.method},
                    {"target", entry.request.target},
                    {"headers", render_headers(entry.request.headers)},
                    {"body", marked_body(entry.request.body, entry.request_cut)}};
  out["response"] = {{"status", entry.response.status},
                     {"reason", entry.response.reason},
                     {"headers", render_headers(entry.response.headers)},
                     {"body", marked_body(entry.response.body, entry.response_cut)}};
  return out;
}

}  // namespace understudy
