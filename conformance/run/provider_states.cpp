#include "conformance/run/provider_states.h"

#include <fmt/format.h>

#include "conformance/target/admin.h"

namespace understudy {

Result<Json> StateSetter::call(const State& state, const char* action) {
  const Json body = {{"state", state.name}, {"params", state.params}, {"action", action}};
  Request request{.method = "POST",
                  .target = where_->url.path.empty() ? "/" : where_->url.path,
                  .headers = {{"Accept", "application/json"}, {"User-Agent", "understudy"}, {"Content-Type", "application/json"}},
                  .body = render_json(body)};
  for (const auto& header : where_->headers) set_header(request.headers, header.name, header.value);
  const auto result = transport_->send(where_->url, request, {.deadline = deadline_, .as_is = false});
  if (result.outcome != Outcome::answered) return tl::unexpected(unreachable(where_->url, result));
  const auto& response = result.response;
  if (response.status / 100 != 2) {
    const auto said = response.body.empty() ? std::string() : ": " + response.body.substr(0, 200);
    return tl::unexpected(
        make_problem(Failure::bad_file, "state-refused",
                     fmt::format("the provider-states URL answered {} to the {} of '{}'{}", response.status, action, state.name, said)));
  }
  auto values = parse_json(response.body);
  return values && values->is_object() ? std::move(*values) : Json::object();
}

Result<void> StateSetter::tear_down(const State& state) {
  auto done = call(state, "teardown");
  return done ? Result<void>() : tl::unexpected(std::move(done.error()));
}

}  // namespace understudy
