#include "conformance/target/target.h"

#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;

TEST_CASE("a target's URL is read by the letter", "[target]") {
  struct Row {
    const char* text;
    const char* rendered;  // "" : refused
    const char* path;
  };
  const auto row = GENERATE(values<Row>({
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080", ""},
      {"http://127.0.0.1:8080/", "http://127.0.0.1:8080", ""},
      {"HTTPS://shop.example.test/api//", "https://shop.example.test/api", "/api"},
      {"http://[::1]:81/x", "http://[::1]:81/x", "/x"},
      {"http://host:80", "http://host", ""},
      {"127.0.0.1:8080", "", ""},
      {"ftp://host", "", ""},
      {"http://", "", ""},
      {"http://host:0", "", ""},
      {"http://host:65536", "", ""},
      {"http://host:x", "", ""},
      {"http://user:pass@host", "", ""},
      {"http://host/?a=1", "", ""},
      {"http://ho st", "", ""},
  }));
  INFO(row.text);
  const auto url = parse_url(row.text);
  CHECK((url ? render_url(*url) : "") == row.rendered);
  if (url) CHECK(url->path == row.path);
}

TEST_CASE("vendor paths are appended; a lone slash is the URL itself", "[target]") {
  struct Row {
    const char* base;
    const char* path;
    const char* target;
  };
  const auto row = GENERATE(values<Row>({
      {"http://h", "/rest/api/Orders/", "/rest/api/Orders/"},
      {"http://h/v2", "/products", "/v2/products"},
      {"http://h", "/", "/"},
      {"http://h/endpoint.php", "/", "/endpoint.php"},
      {"http://h/endpoint.php", "/?a=1", "/endpoint.php?a=1"},
  }));
  CHECK(join_target(*parse_url(row.base), row.path) == row.target);
}

TEST_CASE("only names and numbers of this machine are loopback", "[target]") {
  struct Row {
    const char* host;
    bool loopback;
  };
  const auto row = GENERATE(values<Row>({{"127.0.0.1", true},
                                         {"127.9.9.9", true},
                                         {"localhost", true},
                                         {"LOCALHOST", true},
                                         {"::1", true},
                                         {"128.0.0.1", false},
                                         {"127.0.0.1.example.test", false},
                                         {"127.1", false},
                                         {"localhost.example.test", false},
                                         {"0.0.0.0", false}}));
  INFO(row.host);
  CHECK(is_loopback(row.host) == row.loopback);
}

TEST_CASE("targets of single APIs go beside the one for all", "[target]") {
  struct Row {
    const char* why;
    std::vector<std::string> texts;
    const char* code;  // "" : fine
  };
  const auto row = GENERATE(values<Row>({
      {"one for all", {"http://127.0.0.1:1"}, ""},
      {"one each", {"kiosk=http://127.0.0.1:1", "relay=http://127.0.0.1:2"}, ""},
      {"both", {"http://127.0.0.1:1", "relay=http://127.0.0.1:2"}, ""},
      {"two for all", {"http://127.0.0.1:1", "http://127.0.0.1:2"}, "second-target"},
      {"two for one", {"kiosk=http://127.0.0.1:1", "kiosk=http://127.0.0.1:2"}, "second-target"},
      {"an unknown one", {"kiosc=http://127.0.0.1:1"}, "unknown-api"},
  }));
  INFO(row.why);
  Target target;
  std::string code;
  for (const auto& text : row.texts) {
    if (const auto done = parse_target(text, test::kiosk_contracts(), target); !done) code = done.error().code;
  }
  CHECK(code == row.code);
}

TEST_CASE("an API without a base of its own lies at the target's", "[target]") {
  Target target;
  REQUIRE(parse_target("http://127.0.0.1:1", test::kiosk_contracts(), target));
  REQUIRE(parse_target("relay=http://127.0.0.1:2/x", test::kiosk_contracts(), target));
  CHECK(find_base(target, "kiosk")->port == 1);
  CHECK(find_base(target, "relay")->port == 2);
  CHECK(find_remote_host(target).empty());
  REQUIRE(parse_target("kiosk=https://live.example.test", test::kiosk_contracts(), target));
  CHECK(find_remote_host(target) == "live.example.test");
}
