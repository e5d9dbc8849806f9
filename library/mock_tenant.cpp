// MockTenant calls the admin API without a socket, and reads the journal directly.
#include "library/impl.h"

namespace understudy {
namespace {

void check_collection(const Contracts& contracts, std::string_view qualified) {
  const auto dot = qualified.find('.');
  const Contract* contract = contracts.find_api(qualified.substr(0, dot));
  if (contract != nullptr && dot != std::string_view::npos && contract->collections.contains(std::string(qualified.substr(dot + 1))))
    return;
  std::vector<std::string> known;
  for (const auto& one : contracts.apis) {
    for (const auto& [collection, definition] : one->collections) known.push_back(one->api + "." + collection);
  }
  fail("unknown-collection",
       "found no collection '" + std::string(qualified) + "', expected <api>.<collection>" + did_you_mean(qualified, known));
}

std::vector<MockHeader> render_headers(const Headers& headers) {
  std::vector<MockHeader> out;
  for (const Header& header : headers) out.push_back({header.name, header.value});
  return out;
}

MockExchange render_exchange(const JournalEntry& entry, const std::string& tenant) {
  MockExchange out;
  out.arrival = entry.arrival;
  out.tenant = tenant;
  out.api = entry.api;
  out.at = entry.at;
  out.method = entry.request.method;
  out.target = entry.request.target;
  out.headers = render_headers(entry.request.headers);
  out.body = marked_body(entry.request.body, entry.request_cut);
  const Response response = entry.response.read();
  out.status = response.status;
  out.response_headers = render_headers(response.headers);
  out.response_body = marked_body(response.body, entry.response_cut);
  for (const Decision& one : entry.decisions) out.decisions.push_back({std::string(one.operation), one.answer, one.rule, one.place});
  out.fault = entry.fault;
  out.phase = entry.phase;
  out.ending = to_string(entry.ending);
  for (const RecordWrite& one : entry.committed) out.committed.push_back({std::string(to_string(one.kind)), one.collection, one.id});
  out.findings = entry.findings;
  return out;
}

}  // namespace

std::vector<MockExchange> read_journal(const Tenant& tenant) {
  std::vector<MockExchange> out;
  for (const JournalItem& entry : tenant.journal.entries()) out.push_back(render_exchange(*entry, tenant.name));
  return out;
}

std::size_t count_decisions(const std::vector<MockExchange>& exchanges, std::string_view operation, const std::string_view* answer) {
  std::size_t count = 0;
  for (const MockExchange& exchange : exchanges) {
    for (const MockDecision& one : exchange.decisions) {
      if (one.operation == operation && (answer == nullptr || one.answer == *answer)) ++count;
    }
  }
  return count;
}

std::string MockTenant::path(std::string_view call) const { return "/tenants/" + percent_encode(name_) + std::string(call); }

std::vector<MockExchange> MockTenant::requests() const {
  const auto tenant = server_->mock.find_tenant(name_);
  if (tenant == nullptr) fail("unknown-tenant", "found no tenant '" + name_ + "'");
  return read_journal(*tenant);
}

std::size_t MockTenant::count(std::string_view operation) const { return count_decisions(requests(), operation, nullptr); }

std::size_t MockTenant::count(std::string_view operation, std::string_view answer) const {
  return count_decisions(requests(), operation, &answer);
}

std::vector<std::string> MockTenant::records(std::string_view collection) const {
  check_collection(server_->contracts, collection);
  const Json answer = server_->call("GET", path("/records?collection=" + percent_encode(collection)));
  std::vector<std::string> out;
  for (const Json& record : answer.at("records")) out.push_back(render_json(record));
  return out;
}

Time MockTenant::now() const { return *parse_rfc3339(server_->call("GET", path()).value("now", "")); }

void MockTenant::set_clock(Time time) { server_->call("PUT", path("/clock"), {{"now", render_rfc3339_millis(time)}}); }

void MockTenant::advance(std::chrono::milliseconds by) {
  if (by.count() < 0) fail("bad-duration", "found " + std::to_string(by.count()) + " ms, expected a duration that is not negative");
  server_->call("POST", path("/clock/advance"), {{"by", std::to_string(by.count()) + "ms"}});
}

void MockTenant::seed(std::string_view collection, std::string_view record) {
  check_collection(server_->contracts, collection);
  const auto dot = collection.find('.');
  const std::string place = std::string(collection.substr(0, dot)) + "/" + percent_encode(collection.substr(dot + 1));
  server_->call("POST", path("/records/" + place), read_text(record, "record"));
}

void MockTenant::arm_fault(std::string_view fault) { server_->call("POST", path("/faults"), read_text(fault, "fault")); }

void MockTenant::clear_faults() { server_->call("DELETE", path("/faults")); }

void MockTenant::clear_requests() { server_->call("DELETE", path("/requests")); }

void MockTenant::expire_tokens() { server_->call("POST", path("/tokens/expire")); }

void MockTenant::reset() {
  server_->call("POST", path("/reset"));
  clear_requests();
}

void MockTenant::remove() { server_->call("DELETE", path()); }

}  // namespace understudy
