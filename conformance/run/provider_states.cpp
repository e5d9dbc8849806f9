#include "conformance/run/provider_states.h"

#include <fmt/format.h>

#include "conformance/target/admin.h"

namespace understudy {

Result<Json> send_state(Transport& transport, const Target& target, const State& state, const char* action) {
  const auto& where = *target.provider_states;
  Request request{.method = "POST",
                  .target = where.url.path.empty() ? "/" : where.url.path,
                  .headers = {{"Accept", "application/json"}, {"User-Agent", "understudy"}, {"Content-Type", "application/json"}},
                  .body = render_json({{"state", state.name}, {"params", state.params}, {"action", action}})};
  for (const auto& header : where.headers) set_header(request.headers, header.name, header.value);
  const auto result =
      transport.send(where.url, request, {.deadline = target.deadline, .as_is = false, .answer_limit = target.answer_limit});
  if (result.outcome != Outcome::answered) return tl::unexpected(unreachable(where.url, result));
  const auto& response = result.response;
  if (response.status / 100 != 2) {
    return tl::unexpected(make_problem(Failure::bad_file, "state-refused",
                                       fmt::format("the provider-states URL answered {} to the {} of '{}'{}", response.status, action,
                                                   state.name, response.body.empty() ? "" : ": " + response.body.substr(0, 200))));
  }
  auto values = parse_body(response.body);
  return values && values->is_object() ? std::move(*values) : Json::object();
}

}  // namespace understudy
