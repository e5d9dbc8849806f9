// Time of the admin API: each tenant's clock told, set, let go and advanced, one tenant's or everybody's.
#include "mock/admin/call.h"

namespace understudy {
namespace {

// RFC 3339 has four digits for a year.
constexpr Time kLastTime = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) + std::chrono::hours(24) - std::chrono::milliseconds(1);

using Turn = std::function<void(Clock&)>;

Json render_clock(const Tenant& tenant) {
  return {{"tenant", tenant.name}, {"now", render_rfc3339_millis(tenant.env.clock.now())}, {"virtual", tenant.env.clock.is_virtual()}};
}

// What {"now": time} or {"virtual": false} makes of a clock; null: it is neither.
std::optional<Turn> read_setting(const Json& body) {
  if (!body.is_object() || body.size() != 1) return std::nullopt;
  if (body.contains("virtual") && body["virtual"] == false) return [](Clock& clock) { clock = Clock(); };
  const auto now = body.find("now");
  if (now == body.end() || !now->is_string()) return std::nullopt;
  const auto time = parse_rfc3339(now->get_ref<const std::string&>());
  if (!time) return std::nullopt;
  return [time = *time](Clock& clock) { clock = Clock(time); };
}

std::optional<Milliseconds> read_advance(const Json& body) {
  const auto by = body.find("by");
  if (!body.is_object() || by == body.end() || !by->is_string()) return std::nullopt;
  return parse_duration(by->get_ref<const std::string&>());
}

Response bad_setting() {
  return admin_failure(400, "bad-clock", R"(expected {"now": "2026-03-02T09:00:00Z"}, or {"virtual": false} for the system's clock)");
}

Response bad_advance() { return admin_failure(400, "bad-duration", R"(expected {"by": "61m"}, in ms, s, m, h or d)"); }

Response too_late(const Tenant& tenant) {
  return admin_failure(400, "clock-too-late", "the clock of '" + tenant.name + "' would pass the year 9999");
}

bool reaches(const Tenant& tenant, Milliseconds by) { return by <= kLastTime - tenant.env.clock.now(); }

Response get_clock(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) {
    const std::lock_guard lock(tenant.mutex);
    return json_response(200, render_clock(tenant));
  });
}

Response put_clock(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    return with_body(call, [&](const Json& body) {
      const auto turn = read_setting(body);
      if (!turn) return bad_setting();
      const std::lock_guard lock(tenant.mutex);
      (*turn)(tenant.env.clock);
      return json_response(200, render_clock(tenant));
    });
  });
}

Response advance_clock(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    return with_body(call, [&](const Json& body) {
      const auto by = read_advance(body);
      if (!by) return bad_advance();
      const std::lock_guard lock(tenant.mutex);
      if (!reaches(tenant, *by)) return too_late(tenant);
      tenant.env.clock.advance(*by);
      return json_response(200, render_clock(tenant));
    });
  });
}

// The clocks of every tenant, or of the one that ?tenant= names, each after `act`.
Response with_clocks(const AdminCall& call, const std::function<void(Tenant&)>& act) {
  const auto only = call.parameter("tenant");
  Json clocks = Json::array();
  for (const auto& tenant : call.engine.directory.all()) {
    if (only && tenant->name != *only) continue;
    const std::lock_guard lock(tenant->mutex);
    act(*tenant);
    clocks.push_back(render_clock(*tenant));
  }
  if (only && clocks.empty()) return admin_failure(404, "unknown-tenant", "There is no tenant '" + *only + "'.");
  return json_response(200, {{"clocks", std::move(clocks)}});
}

Response get_clocks(const AdminCall& call) {
  return with_clocks(call, [](Tenant&) {});
}

Response put_clocks(const AdminCall& call) {
  return with_body(call, [&](const Json& body) {
    const auto turn = read_setting(body);
    return turn ? with_clocks(call, [&](Tenant& tenant) { (*turn)(tenant.env.clock); }) : bad_setting();
  });
}

// Asked of all before any is moved.
Response advance_clocks(const AdminCall& call) {
  return with_body(call, [&](const Json& body) {
    const auto by = read_advance(body);
    if (!by) return bad_advance();
    std::optional<Response> refused;
    auto asked = with_clocks(call, [&](Tenant& tenant) {
      if (!reaches(tenant, *by)) refused = too_late(tenant);
    });
    if (refused) return *refused;
    if (asked.status != 200) return asked;
    return with_clocks(call, [&](Tenant& tenant) { tenant.env.clock.advance(*by); });
  });
}

constexpr AdminRoute kClockRoutes[] = {
    {"GET", "/clock", get_clocks},
    {"PUT", "/clock", put_clocks},
    {"POST", "/clock/advance", advance_clocks},
    {"GET", "/tenants/{tenant}/clock", get_clock},
    {"PUT", "/tenants/{tenant}/clock", put_clock},
    {"POST", "/tenants/{tenant}/clock/advance", advance_clock},
};

}  // namespace

std::span<const AdminRoute> clock_routes() { return kClockRoutes; }

}  // namespace understudy
