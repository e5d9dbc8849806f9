#include "mock/wiremock/record_exchange.h"

#include <fmt/ranges.h>

#include "mock/wiremock/logged_request.h"

namespace understudy {
namespace {

// Of a batch: each operation once, in order.
std::string join_operations(const JournalEntry& entry) {
  std::string operations;
  std::string_view last;
  for (const Decision& decision : entry.decisions) {
    if (decision.operation.empty() || decision.operation == last) continue;
    if (!operations.empty()) operations += ',';
    operations += decision.operation;
    last = decision.operation;
  }
  return operations;
}

// One line of a list of exchanges; GET /__admin/requests/{id} has the rest.
Json summarize(const JournalEntry& entry, const std::string& tenant) {
  const auto log_entry = make_log_entry(entry, tenant);
  Json out = {{"id", exchange_id(tenant, entry.id)},   {"tenant", tenant},
              {"at", render_rfc3339_millis(entry.at)}, {"api", entry.api},
              {"method", entry.request.method},        {"target", entry.request.target},
              {"status", entry.response.status},       {"matched", entry.matched},
              {"microseconds", entry.microseconds}};
  const std::pair<const char*, const std::string&> further[] = {{"operation", log_entry->operation},
                                                                {"answer", log_entry->answer},
                                                                {"rule", log_entry->rule},
                                                                {"fault", entry.fault},
                                                                {"phase", entry.phase}};
  for (const auto& [name, value] : further) {
    if (!value.empty()) out[name] = value;
  }
  return out;
}

StoredExchange render_stored(const JournalItem& entry, const std::string& tenant, const Contracts& contracts) {
  const Logged masked = mask_secrets({.entry = entry, .tenant = tenant}, contracts);
  return {.tenant = tenant,
          .method = masked.entry->request.method,
          .target = masked.entry->request.target,
          .status = masked.entry->response.status,
          .at = masked.entry->at,
          .event = render_json(render_serve_event(masked, contracts))};
}

// Adds the exchange to the journal, counts it, and tells it to those who listen.
void record_now(const Engine& engine, Tenant& tenant, JournalEntry entry) {
  const JournalItem kept = tenant.journal.add(std::move(entry));
  engine.metrics.add(tenant.name, *kept);
  if (engine.options.storage != nullptr && engine.options.storage->keeps_journal()) {
    engine.options.storage->add_exchange(
        [kept, name = tenant.name, &contracts = engine.contracts] { return render_stored(kept, name, contracts); });
  }
  if (engine.events.has_listeners()) engine.events.publish("exchange", summarize(*kept, tenant.name));
}

}  // namespace

std::string maker_of(const JournalEntry& entry, const Request& request) {
  std::string operations = join_operations(entry);
  return operations.empty() ? request.method + " " + std::string(path_of(request.target)) : operations;
}

std::shared_ptr<const AccessLogEntry> make_log_entry(const JournalEntry& entry, const std::string& tenant) {
  AccessLogEntry log_entry{.tenant = tenant,
                           .operation = join_operations(entry),
                           .fault = entry.fault,
                           .phase = entry.phase,
                           .nearest = fmt::format("{}", fmt::join(entry.nearest, ","))};
  for (const Decision& decision : entry.decisions) {
    if (!log_entry.rule.empty()) continue;
    log_entry.answer = decision.answer;
    log_entry.rule = decision.rule;
  }
  return std::make_shared<const AccessLogEntry>(std::move(log_entry));
}

void record(const Engine& engine, const std::shared_ptr<Tenant>& tenant, JournalEntry entry, Delivery& delivery) {
  if (engine.fleet == nullptr) return record_now(engine, *tenant, std::move(entry));
  const auto waiting = std::make_shared<JournalEntry>(std::move(entry));
  delivery.attempt =
      std::make_shared<const Attempt>(Attempt{.keep = [&engine, tenant, waiting] { record_now(engine, *tenant, std::move(*waiting)); }});
}

}  // namespace understudy
