// `understudy health`: asks a served mock whether it answers, for health checks of containers and services.
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "conformance/target/http_transport.h"

namespace understudy {
namespace {

int check_health(const std::string& text) {
  auto url = parse_url(text);
  if (!url) return report_problem(url.error());
  Request request;
  request.method = "GET";
  request.target = url->path + "/__admin/health";
  if (const auto token = read_environment("UNDERSTUDY_ADMIN_TOKEN"); !token.empty())
    set_header(request.headers, "Authorization", "Bearer " + token);
  const auto result = HttpTransport().send(*url, request, {.deadline = Milliseconds(5'000)});
  if (is_success(result)) {
    std::cout << result.response.body << "\n";
    return kPassed;
  }
  std::cerr << "error: " << text << " is not healthy: "
            << (result.outcome == Outcome::answered ? fmt::format("status {}", result.response.status) : result.detail) << " [unhealthy]\n";
  return result.outcome == Outcome::answered ? kFindings : kUnreachable;
}

}  // namespace

Command make_health_command() {
  auto url = std::make_shared<std::string>("http://127.0.0.1:8080");
  return {.name = "health",
          .about = "Ask a served mock whether it answers. The exit code is 0 if it does.",
          .options = {{"url", url.get(), "The URL of the mock, or of its admin API."}},
          .examples = "Examples:\n  understudy health\n  understudy health http://127.0.0.1:9000\n",
          .exits = {kFindings, kUnreachable},
          .run = [url] { return check_health(*url); }};
}

}  // namespace understudy
