// The journal as HAR 1.2.

#include "contracts/src/har/har.h"
#include "mock/wiremock/logged_request.h"

namespace understudy {
namespace {

bool was_sent(const JournalEntry& entry) { return entry.ending == Delivery::Ending::complete || entry.after_bytes.has_value(); }

Exchange make_exchange(const JournalEntry& entry) {
  const std::string url = absolute_url(entry);
  Exchange exchange{.at = entry.at,
                    .milliseconds = static_cast<double>(entry.microseconds) / 1000.0 + static_cast<double>(entry.delay.count()),
                    .origin = url.substr(0, url.size() - entry.request.target.size()),
                    .request = entry.request,
                    .response = entry.response.read(),
                    .request_cut = entry.request_cut,
                    .response_cut = entry.response_cut,
                    .failure = entry.fault};
  if (!was_sent(entry)) exchange.response.status = 0;
  return exchange;
}

Json render_exchange(const Logged& logged, const Contracts& contracts) {
  const JournalEntry& entry = *logged.entry;
  std::string comment = "tenant " + logged.tenant;
  for (std::size_t i = 0; i < entry.decisions.size() && i < 5; ++i) {
    const Decision& decision = entry.decisions[i];
    comment += (i == 0 ? ": " : ", ") + (decision.operation.empty() ? entry.api : std::string(decision.operation)) + " -> " +
               (decision.answer.empty() ? decision.rule : decision.answer);
  }
  Json out = render_har_entry(make_exchange(entry));
  out["comment"] = std::move(comment);
  out["_understudy"] = render_reasons(entry, logged.tenant, &contracts);
  return out;
}

}  // namespace

Json render_har(std::span<const Logged> logged, const Contracts& contracts) {
  Json out = render_har_log(UNDERSTUDY_VERSION);
  out["log"]["comment"] = "times are those of each tenant's clock";
  for (const Logged& exchange : logged) out["log"]["entries"].push_back(render_exchange(exchange, contracts));
  return out;
}

}  // namespace understudy
