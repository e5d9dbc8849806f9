#include "mock/state/journal.h"

#include <algorithm>
#include <utility>

namespace understudy {
namespace {

constexpr std::size_t kLongestBody = 64u << 10;
constexpr std::size_t kMostDecisions = 1000;
constexpr std::size_t kBlock = 16;  // overhead of an allocation

std::size_t size_of(const std::string& text) { return text.capacity() < 16 ? 0 : text.capacity() + kBlock; }

std::size_t size_of(const Headers& headers) {
  std::size_t bytes = headers.capacity() * sizeof(Header) + kBlock;
  for (const Header& header : headers) bytes += size_of(header.name) + size_of(header.value);
  return bytes;
}

std::size_t size_of(const Finding& finding) {
  std::size_t bytes = sizeof(Finding);
  for (const std::string* text : {&finding.code, &finding.pointer, &finding.expected, &finding.actual, &finding.message, &finding.rule,
                                  &finding.source, &finding.schema_pointer, &finding.place.file})
    bytes += size_of(*text);
  return bytes;
}

std::size_t size_of(const JournalEntry& entry) {
  std::size_t bytes = sizeof(JournalEntry) + 4 * kBlock;
  for (const std::string* text :
       {&entry.api, &entry.client, &entry.request.method, &entry.request.target, &entry.request.body, &entry.fault, &entry.phase})
    bytes += size_of(*text);
  bytes += size_of(entry.request.headers) + entry.response.bytes();
  for (const Decision& decision : entry.decisions) {
    bytes += sizeof(Decision) + size_of(decision.answer) + size_of(decision.rule) + size_of(decision.place);
    bytes += decision.evaluated_rules.capacity() * sizeof(const Row*);
    for (const Finding& finding : decision.findings) bytes += size_of(finding);
  }
  for (const auto* texts : {&entry.findings, &entry.ignored, &entry.nearest}) {
    for (const std::string& text : *texts) bytes += sizeof(std::string) + size_of(text);
  }
  for (const RecordWrite& change : entry.committed) bytes += sizeof(RecordWrite) + size_of(change.collection) + size_of(change.id);
  return bytes;
}

// The length of the first bytes of a body. A cut never splits a UTF-8 character.
std::size_t kept_length(const std::string& body) {
  std::size_t length = std::min(body.size(), kLongestBody);
  if (length < body.size()) {
    for (int i = 0; i < 3 && length > 0 && (static_cast<unsigned char>(body[length]) & 0xC0u) == 0x80u; ++i) --length;
  }
  return length;
}

template <class List>
std::size_t shorten(List& list) {
  const std::size_t left_out = list.size() - std::min(list.size(), kMostDecisions);
  list.resize(list.size() - left_out);
  list.shrink_to_fit();
  return left_out;
}

}  // namespace

Findings first_findings(const Findings& findings) {
  return {findings.begin(), findings.begin() + static_cast<std::ptrdiff_t>(std::min(findings.size(), kMostFindings))};
}

KeptResponse::KeptResponse(const Response& response, std::size_t body_size) : status(response.status) {
  std::size_t size = response.reason.size() + body_size;
  for (const Header& header : response.headers) size += header.name.size() + header.value.size();
  text_.reserve(size);
  const auto add = [this](std::string_view part) { ends_.push_back(text_.append(part).size()); };
  add(response.reason);
  for (const Header& header : response.headers) {
    add(header.name);
    add(header.value);
  }
  text_.append(response.body, 0, body_size);
}

Response KeptResponse::read() const {
  Response response{.status = status};
  std::size_t begin = 0;
  const auto take = [&](std::size_t end) {
    const std::size_t from = std::exchange(begin, end);
    return text_.substr(from, end - from);
  };
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    std::string part = take(ends_[i]);
    if (i == 0)
      response.reason = std::move(part);
    else if (i % 2 == 1)
      response.headers.push_back({.name = std::move(part), .value = {}});
    else
      response.headers.back().value = std::move(part);
  }
  response.body = text_.substr(begin);
  return response;
}

void JournalEntry::keep(Request the_request, const Delivery& delivery) {
  const Response& the_response = delivery.response;
  request = std::move(the_request);
  request_size = request.body.size();
  request_cut = request_size - kept_length(request.body);
  if (request_cut > 0) request.body = request.body.substr(0, request_size - request_cut);
  response_size = the_response.body.size();
  response_cut = response_size - kept_length(the_response.body);
  response = KeptResponse(the_response, response_size - response_cut);
  ending = delivery.ending;
  after_bytes = delivery.after_bytes;
  delay = delivery.delay;
}

// --- all journals together ----------------------------------------------------------------------------------------------

void JournalShare::join(Journal& journal) {
  const std::lock_guard lock(mutex_);
  journals_.push_back(&journal);
}

void JournalShare::leave(Journal& journal) {
  const std::lock_guard lock(mutex_);
  std::erase(journals_, &journal);
}

void JournalShare::settle() {
  if (bytes_ <= most_bytes_) return;
  const std::lock_guard lock(mutex_);
  // Drops a little more than needed, so that the next exchanges need not do it again.
  const std::size_t enough = most_bytes_ - most_bytes_ / 16;
  while (bytes_ > enough) {
    const auto largest = std::ranges::max_element(journals_, {}, [](const Journal* journal) { return journal->bytes(); });
    if (largest == journals_.end() || (*largest)->bytes() == 0) return;
    (*largest)->drop_bytes(std::min((*largest)->bytes() / 2 + 1, bytes_ - enough));
  }
}

// --- one journal ----------------------------------------------------------------------------------------------------------

Journal::Journal(std::size_t entries, std::size_t bytes, std::shared_ptr<JournalShare> share)
    : most_entries_(entries), most_bytes_(bytes), share_(std::move(share)) {
  if (share_) share_->join(*this);
}

Journal::~Journal() {
  if (!share_) return;
  share_->leave(*this);
  share_->bytes_ -= bytes_;
}

void Journal::account(std::size_t more, std::size_t less) {
  bytes_ += more - less;
  if (share_) share_->bytes_ += more - less;
}

JournalItem Journal::add(JournalEntry entry) {
  entry.decisions_cut = shorten(entry.decisions);
  entry.committed_cut = shorten(entry.committed);
  entry.bytes = size_of(entry);
  if (share_) entry.arrival = ++share_->arrivals_;
  JournalItem kept;
  {
    const std::lock_guard lock(mutex_);
    entry.id = ++total_;
    kept = std::allocate_shared<const JournalEntry>(JsonAllocator<JournalEntry>(), std::move(entry));
    if (most_entries_ == 0) return kept;
    account(kept->bytes, 0);
    entries_.push_back(kept);
    while (!entries_.empty() && (entries_.size() > most_entries_ || bytes_ > most_bytes_)) drop_oldest();
  }
  if (share_) share_->settle();
  return kept;
}

void Journal::drop_oldest() {
  account(0, entries_.front()->bytes);
  entries_.pop_front();
  ++dropped_;
}

void Journal::drop_bytes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::size_t until = bytes_ - std::min<std::size_t>(bytes, bytes_);
  while (!entries_.empty() && bytes_ > until) drop_oldest();
}

std::vector<JournalItem> Journal::entries() const {
  const std::lock_guard lock(mutex_);
  return {entries_.begin(), entries_.end()};
}

Journal::Entries::const_iterator Journal::locate(std::uint64_t id) const {
  const auto found = std::ranges::lower_bound(entries_, id, {}, [](const JournalItem& entry) { return entry->id; });
  return found != entries_.end() && (*found)->id == id ? found : entries_.end();
}

JournalItem Journal::find(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = locate(id);
  return found == entries_.end() ? nullptr : *found;
}

bool Journal::remove(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = locate(id);
  if (found == entries_.end()) return false;
  account(0, (*found)->bytes);
  entries_.erase(found);
  return true;
}

void Journal::clear() {
  const std::lock_guard lock(mutex_);
  account(0, bytes_);
  entries_.clear();
}

std::uint64_t Journal::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

std::uint64_t Journal::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

// --- entries as JSON in this project's own format ----------------------------------------------------------------------

namespace {

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
  if (decision.evidence) out["evidence"] = to_string(*decision.evidence);
  if (!decision.place.empty()) out["place"] = decision.place;
  for (const Row* row : decision.evaluated_rules) out["asked"].push_back(row->id);
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
  for (const RecordWrite& change : entry.committed)
    committed.push_back({{"kind", to_string(change.kind)}, {"collection", change.collection}, {"id", change.id}});
  Json out = {{"id", entry.id},
              {"at", render_rfc3339_millis(entry.at)},
              {"tenant", tenant},
              {"api", entry.api},
              {"matched", entry.matched},
              {"decisions", std::move(decisions)},
              {"committed", std::move(committed)},
              {"microseconds", entry.microseconds}};
  if (!entry.findings.empty()) out["findings"] = entry.findings;
  if (!entry.ignored.empty()) out["ignored"] = entry.ignored;
  if (!entry.nearest.empty()) out["nearest"] = entry.nearest;
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
                    {"headers", render_header_list(entry.request.headers)},
                    {"body", marked_body(entry.request.body, entry.request_cut)}};
  const Response response = entry.response.read();
  out["response"] = {{"status", response.status},
                     {"reason", response.reason},
                     {"headers", render_header_list(response.headers)},
                     {"body", marked_body(response.body, entry.response_cut)}};
  return out;
}

}  // namespace understudy
