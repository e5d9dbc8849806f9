#include "mock/journal.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestBody = 64u << 10;

std::size_t size_of(const JournalEntry& entry) {
  std::size_t bytes = 400 + entry.request.target.size() + entry.request.body.size() + entry.response.body.size();
  for (const Header& header : entry.request.headers) bytes += header.name.size() + header.value.size();
  for (const Decision& decision : entry.decisions) bytes += 120 + 40 * decision.asked.size();
  return bytes;
}

void cut(std::string& body) {
  if (body.size() <= kLongestBody) return;
  const std::size_t left_out = body.size() - kLongestBody;
  body.resize(kLongestBody);
  body += "[cut: " + std::to_string(left_out) + " more bytes]";
}

Json render_headers(const Headers& headers) {
  Json out = Json::array();
  for (const Header& header : headers) out.push_back({{"name", header.name}, {"value", header.value}});
  return out;
}

std::string_view to_string(Change::Kind kind) {
  return kind == Change::Kind::created ? "created" : kind == Change::Kind::updated ? "updated" : "removed";
}

}  // namespace

void Journal::add(JournalEntry entry) {
  entry.id = ++total_;
  if (most_entries_ == 0) return;
  cut(entry.request.body);
  cut(entry.response.body);
  bytes_ += size_of(entry);
  entries_.push_back(std::move(entry));
  while (!entries_.empty() && (entries_.size() > most_entries_ || bytes_ > most_bytes_)) {
    bytes_ -= size_of(entries_.front());
    entries_.pop_front();
  }
}

void Journal::clear() {
  entries_.clear();
  bytes_ = 0;
}

Json render_entry(const JournalEntry& entry, std::string_view tenant) {
  Json decisions = Json::array();
  for (const Decision& one : entry.decisions) {
    Json decision = {{"operation", one.operation}, {"answer", one.answer}};
    if (!one.rule.empty()) decision["rule"] = one.rule;
    if (!one.place.empty()) decision["place"] = one.place;
    if (!one.asked.empty()) decision["asked"] = one.asked;
    decisions.push_back(std::move(decision));
  }
  Json committed = Json::array();
  for (const Change& change : entry.committed) {
    committed.push_back({{"kind", to_string(change.kind)}, {"collection", change.collection}, {"id", change.id}});
  }
  Json out = {{"id", entry.id},
              {"at", render_rfc3339_millis(entry.at)},
              {"tenant", tenant},
              {"api", entry.api},
              {"request",
               {{"method", entry.request.method},
                {"target", entry.request.target},
                {"headers", render_headers(entry.request.headers)},
                {"body", entry.request.body}}},
              {"response",
               {{"status", entry.response.status},
                {"reason", entry.response.reason},
                {"headers", render_headers(entry.response.headers)},
                {"body", entry.response.body}}},
              {"decisions", std::move(decisions)},
              {"committed", std::move(committed)},
              {"microseconds", entry.microseconds}};
  if (!entry.findings.empty()) out["findings"] = entry.findings;
  if (!entry.fault.empty()) out["fault"] = {{"kind", entry.fault}, {"phase", entry.phase}};
  return out;
}

}  // namespace understudy
