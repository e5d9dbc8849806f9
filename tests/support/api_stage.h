// Owns one tenant of the in-process mock, staged as a scenario would, and the requests that a test sends it as JSON.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy::test {

struct Answered {
  int status = 0;
  Headers headers;
  std::string text;
  Json body;  // null unless the text is JSON
};

class ApiStage {
 public:
  // `text` is JSON, the `given` of a scenario; the tenant is called "stage", its password "demo", its key "stage".
  explicit ApiStage(const std::string& api, std::string_view text = "{}") : mock_(bundled_contracts(), {.only_api = "", .profile = {}, .check_all_answers = true}) {
    auto given = parse_json(text);
    REQUIRE(given);
    (*given)["api"] = api;
    const auto staged = mock_.stage("stage", *given);
    INFO((staged ? std::string() : staged.error().message));
    REQUIRE(staged);
  }
  // Everything the mock answered was what its own contract says.
  ~ApiStage() {
    INFO(render_json_pretty(mock_.own_findings()));
    CHECK((mock_.own_findings().is_null() || mock_.own_findings().empty()));
  }
  ApiStage(const ApiStage&) = delete;
  ApiStage& operator=(const ApiStage&) = delete;

  Answered send(const std::string& method, const std::string& target, Headers headers = {}, std::string body = {}) {
    const Delivery delivery = mock_.handle({.method = method, .target = target, .headers = std::move(headers), .body = std::move(body)});
    const auto json = parse_json(delivery.response.body);
    return {.status = delivery.response.status, .headers = delivery.response.headers, .text = delivery.response.body, .body = json ? *json : Json(nullptr)};
  }

 private:
  Mock mock_;
};

}  // namespace understudy::test
