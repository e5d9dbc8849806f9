// GET /__admin/metrics in the text format of Prometheus (version 0.0.4).
#include <fmt/format.h>

#include "contracts/src/base/escape.h"
#include "mock/admin/admin.h"

namespace understudy {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Page {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }
  void sample(const Labels& labels, const auto& value, std::string_view suffix = {}) {
    std::string list;
    for (const auto& [label, of] : labels)
      list +=
          fmt::format("{}{}=\"{}\"", list.empty() ? "" : ",", label, escape_characters(of, {{'\n', "\\n"}, {'"', "\\\""}, {'\\', "\\\\"}}));
    text += fmt::format("{}{}{} {}\n", name_, suffix, list.empty() ? list : "{" + list + "}", value);
  }

  std::string text;

 private:
  std::string_view name_;
};

void add_counters(Page& page, const Metrics::Counts& counts) {
  page.family("understudy_requests_total", "counter",
              "Requests to the vendors' APIs; a batch counts for its first refusal, else for its last call.");
  for (const auto& [series, count] : counts.exchanges)
    page.sample(
        {{"tenant", series.tenant}, {"operation", series.operation}, {"answer", series.answer}, {"status", std::to_string(series.status)}},
        count);
  page.family("understudy_faults_applied_total", "counter", "Faults that were applied, by kind.");
  for (const auto& [series, count] : counts.faults)
    page.sample(
        {{"tenant", series.tenant}, {"operation", series.operation}, {"kind", series.answer}, {"status", std::to_string(series.status)}},
        count);
}

void add_durations(Page& page, const Metrics::Counts& counts) {
  page.family("understudy_request_duration_seconds", "histogram", "Time in the mock, without the network and the delays of faults.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts.by_duration.size(); ++i) {
    below += counts.by_duration[i];
    const bool is_last = i == Metrics::kDurations.size();
    page.sample({{"le", is_last ? "+Inf" : fmt::format("{}", static_cast<double>(Metrics::kDurations[i]) / 1e6)}}, below, "_bucket");
  }
  page.sample({}, static_cast<double>(counts.microseconds) / 1e6, "_sum");
  page.sample({}, below, "_count");
}

// What is held now, with the tenants beyond the first ones together.
void add_sizes(Page& page, const Engine& engine) {
  const auto tenants = engine.directory.all();
  std::map<std::string_view, std::size_t> records, journal;
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    const auto name = i < Metrics::kMostTenants ? std::string_view(tenants[i]->name) : Metrics::kOther;
    journal[name] += tenants[i]->journal.bytes();
    const TenantLock lock(*tenants[i]);
    records[name] += record_count(tenants[i]->state());
  }
  page.family("understudy_tenants", "gauge", "Tenants that exist.");
  page.sample({}, tenants.size());
  page.family("understudy_records", "gauge", "Records in the store.");
  for (const auto& [name, count] : records) page.sample({{"tenant", name}}, count);
  page.family("understudy_journal_bytes", "gauge", "Estimated memory of the journal.");
  for (const auto& [name, bytes] : journal) page.sample({{"tenant", name}}, bytes);
}

Response get_metrics(const AdminCall& call) {
  Page page;
  const auto counts = call.engine.metrics.counts();
  page.family("understudy_info", "gauge", "The version.");
  page.sample({{"version", UNDERSTUDY_VERSION}}, 1);
  page.family("understudy_uptime_seconds", "gauge", "Time since the start.");
  page.sample({}, call.engine.since_start.microseconds() / 1'000'000);
  add_counters(page, counts);
  add_durations(page, counts);
  add_sizes(page, call.engine);
  return {.status = 200, .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, .body = std::move(page.text)};
}

constexpr AdminOperation kMetricsOperations[] = {
    row("GET", "/metrics", get_metrics, "getMetrics", "Counters and sizes in the text format of Prometheus", {.media = "text/plain"}),
};

}  // namespace

AdminTable metrics_operations() { return {"server", kMetricsOperations}; }

}  // namespace understudy
