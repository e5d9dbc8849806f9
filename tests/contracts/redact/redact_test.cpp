// One list of secret names, and what masking by these names leaves readable.
#include "contracts/src/redact/mask.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

TEST_CASE("a name tells whether a member, a header or a parameter carries a secret", "[redact][secrets]") {
  struct Row {
    const char* name;
    bool member, header, parameter;
  };
  const auto row = GENERATE(values<Row>({
      {"password", true, true, true},
      {"Password", true, true, true},
      {"passwd", true, true, true},
      {"pwd", true, true, true},
      {"passphrase", true, true, true},
      {"secret", true, true, true},
      {"clientSecret", true, true, true},
      {"X-Client-Secret", true, true, true},
      {"token", true, true, true},
      {"access_token", true, true, true},
      {"accessToken", true, true, true},
      {"ACCESS_TOKEN", true, true, true},
      {"refreshtoken", true, true, true},
      {"IdToken", true, true, true},
      {"session-token", true, true, true},
      {"X-API-Key", true, true, true},
      {"apikey", true, true, true},
      {"api_key", true, true, true},
      {"subscriptionkey", true, true, true},
      {"Ocp-Apim-Subscription-Key", true, true, true},
      {"private_key", true, true, true},
      {"credentials", true, true, true},
      {"jwt", true, true, true},
      {"pin", true, true, true},
      {"pass_word", true, true, true},
      {"Cookie", true, true, true},
      {"Set-Cookie", true, true, true},
      {"Authorization", true, true, true},
      {"Proxy-Authorization", true, true, true},
      {"proxyauthorization", true, true, true},
      {"X-Session-Id", false, true, true},
      {"X-Auth", false, true, true},
      {"X-Signature", false, true, true},
      {"sid", false, true, true},
      {"sig", false, true, true},
      {"Sig", false, true, true},
      {"design", false, false, false},
      {"csrf", false, true, true},
      {"key", false, true, true},
      {"X-Shop-Key", false, true, false},
      {"sort_key", false, false, false},
      {"Idempotency-Key", false, false, false},
      {"Sec-WebSocket-Key", false, false, false},
      {"monkey", false, false, false},
      {"keyword", false, false, false},
      {"token_type", false, false, false},
      {"expires_in", false, false, false},
      {"passwordRequired", false, false, false},
      {"WWW-Authenticate", false, false, false},
      {"author", false, false, false},
      {"shipping", false, false, false},
      {"Content-Type", false, false, false},
      {"", false, false, false},
  }));
  INFO(row.name);

  CHECK(is_secret_name(row.name) == row.member);
  CHECK(is_secret_header(row.name) == row.header);
  CHECK(is_secret_parameter(row.name) == row.parameter);
}

TEST_CASE("a contract adds names of its own to the list", "[redact][secrets]") {
  SecretNames names;
  names.add_header("X-Card");
  names.add_header("");
  names.add_member_at("/login/Word");
  names.add_member_at("");

  CHECK(names.has_header("x-card"));
  CHECK(names.has_member("word"));
  CHECK(names.has_member_on("/a/Word/0"));
  CHECK(names.has_parameter("WORD"));
  CHECK(!names.has_header(""));
  CHECK(!names.has_member(""));
  CHECK(!names.has_member("x-card"));
  CHECK(mask_body(R"({"word":"x","a":1})", names) == R"({"word":"***","a":1})");
}

struct Masking {
  const char* text;
  const char* masked;
};

TEST_CASE("masking changes the values of credentials and no other byte", "[redact][secrets]") {
  const auto row = GENERATE(values<Masking>({
      {R"({"a": 1,  "password" : "x\"y", "b":2})", R"({"a": 1,  "password" : "***", "b":2})"},
      {R"({"Password":12345})", R"({"Password":"***"})"},
      {R"({"api-key":null,"b":[1, 2]})", R"({"api-key":"***","b":[1, 2]})"},
      {R"({"secret":{"a":["}"]},"b":2})", R"({"secret":"***","b":2})"},
      {R"({"pass\u0077ord":"x"})", R"({"pass\u0077ord":"***"})"},
      {R"(["password","kept"])", R"(["password","kept"])"},
      {R"({"text":"the \"password\": is kept"})", R"({"text":"the \"password\": is kept"})"},
      {R"({"token_type":"bearer","expires_in":3600})", R"({"token_type":"bearer","expires_in":3600})"},
      {R"({"token":"cut of)", R"({"token":"***")"},
      {R"({"token":)", R"({"token":)"},
      {R"({"token)", R"({"token)"},
      {"user=a&password=b%20c&x=", "user=a&password=***&x="},
      {"user=a&pass%77ord=b", "user=a&pass%77ord=***"},
      {"<r a=\"1\"><ApiKey>x</ApiKey></r>", "<r a=\"1\"><ApiKey>***</ApiKey></r>"},
      {"the password: x", "the password: ***"},
      {"plain text", "plain text"},
      {"", ""},
  }));
  INFO(row.text);

  CHECK(mask_body(row.text) == row.masked);
}

TEST_CASE("JSON that is masked as a text stays JSON, and null, true and false are no secrets", "[redact][secrets]") {
  struct Row {
    const char* text;
    const char* masked;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"pin":1234,"a":1})", R"({"pin":"***","a":1})"},
      {R"({"pin":"1234"})", R"({"pin":"***"})"},
      {R"({"pin":null,"password":true,"token":false})", R"({"pin":null,"password":true,"token":false})"},
      {"pin: 1234", "pin: ***"},
  }));
  INFO(row.text);

  CHECK(mask_text(row.text) == row.masked);
}

TEST_CASE("a target loses the values of secret parameters and the user in front of the host", "[redact][secrets]") {
  const auto row = GENERATE(values<Masking>({
      {"/a?password=x&b=1", "/a?password=***&b=1"},
      {"/a?b=1&key=x", "/a?b=1&key=***"},
      {"/a?b=1;x-signature=x;y&c=2", "/a?b=1;x-signature=***&c=2"},
      {"/a?api%5Fkey=x", "/a?api%5Fkey=***"},
      {"/a?token", "/a?token"},
      {"/a/password=x", "/a/password=x"},
      {"http://me:a\"b@shop.test/a?b=1", "http://***@shop.test/a?b=1"},
      {"http://shop.test/a@b", "http://shop.test/a@b"},
      {"/a?next=http://me:x@shop.test", "/a?next=http://me:x@shop.test"},
      {"*", "*"},
      {"", ""},
  }));
  INFO(row.text);

  CHECK(mask_target(row.text) == row.masked);
}

TEST_CASE("a masked header keeps its scheme, the names of cookies and their attributes", "[redact][secrets]") {
  struct Row {
    Header header;
    const char* masked;
  };
  const auto row = GENERATE(values<Row>({
      {{"Authorization", "Bearer abc"}, "Bearer ***"},
      {{"authorization", "my pass"}, "***"},
      {{"X-Api-Key", "abc"}, "***"},
      {{"Cookie", "sid=a; b=c=d;e"}, "sid=***; b=***; ***"},
      {{"Set-Cookie", "sid=a; Path=/; HttpOnly"}, "sid=***; Path=/; HttpOnly"},
      {{"WWW-Authenticate", "Bearer realm=\"x\""}, "Bearer realm=\"x\""},
      {{"Content-Type", "text/plain"}, "text/plain"},
  }));
  INFO(row.header.name);
  Headers headers = {row.header};

  mask_headers(headers);

  CHECK(headers.front().value == row.masked);
}

}  // namespace
}  // namespace understudy
