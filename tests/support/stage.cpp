#include "tests/support/stage.h"

#include "contracts/src/load/load.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

Reaction react(Mock& mock, const Request& request) {
  Reaction reaction;
  reaction.delivery = mock.handle(request);
  const Response& response = reaction.delivery.response;
  reaction.status = response.status;
  reaction.reason = response.reason;
  reaction.headers = response.headers;
  reaction.text = response.body;
  if (auto body = parse_json(response.body)) reaction.body = std::move(*body);
  return reaction;
}

}  // namespace

Stage::Stage(const Contracts& contracts, Json given) : mock_(contracts, {.demo = false, .check_all_answers = true, .history = 100}) {
  const auto staged = mock_.stage("tester", given);
  if (!staged) FAIL(render_problem(staged.error()));
}

Reaction Stage::send(const std::string& method, const std::string& target, const Json& body, Headers headers) {
  if (!body.is_null()) headers.push_back({"Content-Type", "application/json"});
  return send_text(method, target, body.is_null() ? "" : render_json(body), std::move(headers));
}

Reaction Stage::send_text(const std::string& method, const std::string& target, const std::string& body, Headers headers) {
  return react(mock_, {.method = method, .target = target, .headers = std::move(headers), .body = body});
}

Json Stage::admin(const std::string& method, const std::string& path, const Json& body) {
  const Reaction reaction = send(method, "/__admin/tenants/tester" + path, body);
  INFO(reaction.text);
  REQUIRE(reaction.status < 300);
  return reaction.body;
}

Json Stage::journal() { return admin("GET", "/requests").at("requests"); }

std::size_t Stage::count(const std::string& collection) { return admin("GET", "/records?collection=" + collection).at("records").size(); }

const Contracts& toy_contracts() {
  static const Result<Contracts> contracts = [] {
    auto files = load_folder(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy/contracts", "contracts");
    return files ? parse_contracts(*files) : Result<Contracts>(tl::unexpected(files.error()));
  }();
  if (!contracts) FAIL(render_problem(contracts.error()));
  return *contracts;
}

}  // namespace understudy
