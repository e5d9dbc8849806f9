// Clocks: read, set, released to the system's time and advanced, for one tenant or for all at once.

#include "mock/admin/admin.h"

namespace understudy {
namespace {

// RFC 3339 has four digits for a year.
constexpr Time kLastTime = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) + std::chrono::hours(24) - std::chrono::milliseconds(1);

// The change that {"now": time} or {"virtual": false} asks for; nullopt: the body is neither.
std::optional<Clock> read_setting(const Json& body) {
  if (!body.is_object() || body.size() != 1) return std::nullopt;
  if (body.contains("virtual") && body["virtual"] == false) return Clock();
  const auto now = body.find("now");
  if (now == body.end() || !now->is_string()) return std::nullopt;
  const auto time = parse_rfc3339(now->get_ref<const std::string&>());
  return time ? std::optional(Clock(*time)) : std::nullopt;
}

std::optional<Milliseconds> read_advance(const Json& body) {
  const auto by = body.find("by");
  if (!body.is_object() || by == body.end() || !by->is_string()) return std::nullopt;
  return parse_duration(by->get_ref<const std::string&>());
}

// Returns an error if this tenant's clock cannot be changed.
using CheckClock = std::function<std::optional<Response>(const Tenant&)>;

Json render_clock(const Tenant& tenant) {
  const Clock& clock = tenant.state().env.clock;
  return {{"tenant", tenant.name}, {"now", render_rfc3339_millis(clock.now())}, {"virtual", clock.is_virtual()}};
}

// Checks all clocks of the call before it changes one. Renders one clock for a path with {tenant}, else {"clocks": [...]}.
Response with_clocks(const AdminCall& call, const std::function<void(Clock&)>& change, const CheckClock& check = {}) {
  const auto tenants = find_tenants(call);
  if (!tenants) return tenants.error();
  for (const auto& tenant : *tenants) {
    const ReceiptCollector ignored(ReceiptCollector::What::nothing);
    const TenantLock lock(*tenant);
    auto error = check ? check(*tenant) : std::nullopt;
    if (error) return std::move(*error);
  }
  auto clocks = change_each(call, *tenants, [&](Tenant& tenant) {
    const TenantLock lock(tenant, call.made_by);
    Clock clock = tenant.state().env.clock;
    change(clock);
    const bool is_possible = !check || !check(tenant);  // another call may have been faster
    if (is_possible && clock != tenant.state().env.clock) tenant.write(change::ClockMoved{.clock = clock});
    return render_clock(tenant);
  });
  if (!clocks) return clocks.error();
  return json_response(200, call.path.empty() ? Json{{"clocks", *std::move(clocks)}} : clocks->front());
}

Response get_clock(const AdminCall& call) {
  return with_clocks(call, [](Clock&) {});
}

Response put_clock(const AdminCall& call) {
  const auto body = read_body(call);
  if (!body) return body.error();
  const auto setting = read_setting(*body);
  if (!setting)
    return error_response(400, "bad-clock", R"(expected {"now": "2026-03-02T09:00:00Z"}, or {"virtual": false} for the system's clock)");
  return with_clocks(call, [&](Clock& clock) { clock = *setting; });
}

Response advance_clock(const AdminCall& call) {
  const auto body = read_body(call);
  if (!body) return body.error();
  const auto by = read_advance(*body);
  if (!by) return error_response(400, "bad-duration", R"(expected {"by": "61m"}, in ms, s, m, h or d)");
  const auto check = [&](const Tenant& tenant) -> std::optional<Response> {
    if (*by <= kLastTime - tenant.state().env.clock.now()) return std::nullopt;
    return error_response(400, "clock-too-late", "the clock of '" + tenant.name + "' would pass the year 9999");
  };
  return with_clocks(
      call, [&](Clock& clock) { clock.advance(*by); }, check);
}

constexpr AdminOperation kClockOperations[] = {
    row("GET", "/clock", get_clock, "getClocks", "Clocks of all tenants, or of one", {.query = "tenant", .result = "Object"}),
    row("PUT", "/clock", put_clock, "putClocks", "Set all clocks, or one", {.query = "tenant", .body = "Object", .result = "Object"}),
    row("POST", "/clock/advance", advance_clock, "advanceClocks", "Advance all clocks, or one",
        {.query = "tenant", .body = "Advance", .result = "Object"}),
    row("GET", "/tenants/{tenant}/clock", get_clock, "getClock", "Clock of a tenant", {.result = "Now"}),
    row("PUT", "/tenants/{tenant}/clock", put_clock, "putClock", "Set the clock, or return it to the system's time",
        {.body = "Object", .result = "Now"}),
    row("POST", "/tenants/{tenant}/clock/advance", advance_clock, "advanceClock", "Advance the clock",
        {.body = "Advance", .result = "Now"}),
};

}  // namespace

AdminTable clock_operations() { return {"time", kClockOperations}; }

}  // namespace understudy
