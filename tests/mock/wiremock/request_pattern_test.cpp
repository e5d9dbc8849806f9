#include "mock/wiremock/request_pattern.h"

#include "tests/support/catch.h"

namespace understudy {
namespace {

Logged sample() {
  JournalEntry entry;
  entry.id = 1;
  entry.api = "shelf";
  entry.matched = true;
  entry.client = "127.0.0.1";
  entry.fault = "delay";
  entry.decisions.push_back({.operation = "shelf.addBook", .answer = "book_added"});
  Delivery delivery;
  delivery.response.status = 201;
  entry.keep({.method = "POST",
              .target = "/shelf/books/4%2F2?genre=Novel&genre=Poetry&empty=&q=a%20b",
              .headers = {{"Host", "Books.Test:8080"},
                          {"Content-Type", "application/json"},
                          {"Authorization", "Basic dGVzdGVyOmRlbW8="},
                          {"X-Tag", "one"},
                          {"x-tag", "two"},
                          {"Cookie", "sid=42; theme=dark"}},
              .body = R"({"Title":"A lamp","Copies":2,"Authors":[{"Name":"B"},{"Name":"C"}],"Numbers":[12345678901234567890123,1e400]})"},
             delivery);
  return {.entry = std::make_shared<const JournalEntry>(std::move(entry)), .tenant = "tester"};
}

}  // namespace

TEST_CASE("a request pattern fits when all of its criteria hold", "[journal][pattern]") {
  struct Case {
    const char* pattern;
    bool fits;
  };
  const auto row = GENERATE(values<Case>({
      {R"({})", true},
      {R"({"method":"ANY"})", true},
      {R"({"method":"POST"})", true},
      {R"({"method":"GET"})", false},
      {R"({"url":"/shelf/books/4%2F2?genre=Novel&genre=Poetry&empty=&q=a%20b"})", true},
      {R"({"url":"/shelf/books/4%2F2"})", false},
      {R"({"urlPath":"/shelf/books/4%2F2"})", true},
      {R"({"urlPath":"/shelf/books"})", false},
      {R"({"urlPattern":"/shelf/.*q=.*"})", true},
      {R"({"urlPattern":"/shelf"})", false},
      {R"({"urlPathPattern":"/shelf/[a-z]+/[^/]+"})", true},
      {R"({"urlPathTemplate":"/shelf/books/{id}","pathParameters":{"id":{"equalTo":"4/2"}}})", true},
      {R"({"urlPathTemplate":"/shelf/books/{id}","pathParameters":{"id":{"equalTo":"5"}}})", false},
      {R"({"urlPathTemplate":"/shelf/{id}"})", false},
      {R"({"queryParameters":{"genre":{"equalTo":"Poetry"}}})", true},
      {R"({"queryParameters":{"genre":{"hasExactly":[{"equalTo":"Poetry"},{"equalTo":"Novel"}]}}})", true},
      {R"({"queryParameters":{"genre":{"hasExactly":[{"equalTo":"Poetry"}]}}})", false},
      {R"({"queryParameters":{"genre":{"includes":[{"equalTo":"Poetry"}]}}})", true},
      {R"({"queryParameters":{"empty":{"equalTo":""}}})", true},
      {R"({"queryParameters":{"q":{"equalTo":"a b"}}})", true},
      {R"({"queryParameters":{"page":{"absent":true}}})", true},
      {R"({"queryParameters":{"genre":{"absent":true}}})", false},
      {R"({"headers":{"content-type":{"contains":"json"}}})", true},
      {R"({"headers":{"X-Tag":{"equalTo":"two"}}})", true},
      {R"({"headers":{"X-Tag":{"equalTo":"TWO"}}})", false},
      {R"({"headers":{"X-Tag":{"equalTo":"TWO","caseInsensitive":true}}})", true},
      {R"({"headers":{"X-Tag":{"matches":"t.o"}}})", true},
      {R"({"headers":{"X-Tag":{"matches":"t"}}})", false},
      {R"({"headers":{"X-Tag":{"doesNotMatch":"t.*"}}})", false},
      {R"({"headers":{"X-Tag":{"doesNotContain":"zz"}}})", true},
      {R"({"headers":{"X-None":{"doesNotMatch":".*"}}})", true},
      {R"({"headers":{"X-Tag":{"or":[{"equalTo":"three"},{"equalTo":"one"}]}}})", true},
      {R"({"headers":{"X-Tag":{"and":[{"contains":"o"},{"not":{"equalTo":"three"}}]}}})", true},
      {R"({"cookies":{"theme":{"equalTo":"dark"}}})", true},
      {R"({"cookies":{"sid":{"equalTo":"43"}}})", false},
      {R"({"basicAuth":{"username":"tester","password":"demo"}})", true},
      {R"({"basicAuthCredentials":{"username":"tester","password":"no"}})", false},
      {R"({"host":{"equalTo":"Books.Test"},"port":8080,"scheme":"http"})", true},
      {R"({"clientIp":{"equalTo":"127.0.0.1"}})", true},
      {R"({"formParameters":{"a":{"absent":true}}})", true},
      {R"({"bodyPatterns":[{"contains":"lamp"},{"matchesJsonPath":"$.Copies"}]})", true},
      {R"({"bodyPatterns":[{"equalToJson":{"Title":"A lamp","Copies":2.0,"Authors":[{"Name":"B"},{"Name":"C"}]},"ignoreExtraElements":true}]})",
       true},
      {R"({"bodyPatterns":[{"equalToJson":"{\"Title\":\"A lamp\"}"}]})", false},
      {R"({"bodyPatterns":[{"equalToJson":{"Title":"A lamp"},"ignoreExtraElements":true}]})", true},
      {R"({"bodyPatterns":[{"equalToJson":{"Authors":[{"Name":"C"},{"Name":"B"}]},"ignoreExtraElements":true}]})", false},
      {R"({"bodyPatterns":[{"equalToJson":{"Authors":[{"Name":"C"},{"Name":"B"}]},"ignoreExtraElements":true,"ignoreArrayOrder":true}]})",
       true},
      {R"({"bodyPatterns":[{"equalToJson":{"Authors":["${json-unit.ignore}",{"Name":"B"}]},"ignoreExtraElements":true,"ignoreArrayOrder":true}]})",
       true},
      {R"({"bodyPatterns":[{"equalToJson":{"Authors":[{"Name":"${json-unit.any-string}"},{"Name":"D"}]},"ignoreExtraElements":true,"ignoreArrayOrder":true}]})",
       false},
      {R"({"bodyPatterns":[{"equalToJson":{"Title":"${json-unit.any-string}","Copies":"${json-unit.any-number}","Authors":"${json-unit.ignore}","Numbers":"${json-unit.ignore}"}}]})",
       true},
      {R"({"bodyPatterns":[{"matchesJsonPath":"$.Authors[?(@.Name == 'C')]"}]})", true},
      {R"({"bodyPatterns":[{"matchesJsonPath":"$.Authors[?(@.Name == 'D')]"}]})", false},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"expression":"$.Authors[*].Name","equalTo":"C"}}]})", true},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"expression":"$.Copies","matches":"[3-9]"}}]})", false},
      {R"({"bodyPatterns":[{"equalToJson":{"Numbers":[12345678901234567890123,10e399]},"ignoreExtraElements":true}]})", true},
      {R"({"bodyPatterns":[{"equalToJson":"{\"Numbers\":[12345678901234567890124,1e400]}","ignoreExtraElements":true}]})", false},
      {R"({"bodyPatterns":[{"equalToJson":{"Numbers":["${json-unit.any-number}",1e400]},"ignoreExtraElements":true}]})", true},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"expression":"$.Numbers[0]","equalTo":"12345678901234567890123"}}]})", true},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"expression":"$.Numbers[0]","equalTo":12345678901234567890123}}]})", true},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"expression":"$.Numbers[0]","equalTo":12345678901234567890124}}]})", false},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"expression":"$.Numbers[1]","matches":"1e4.*"}}]})", true},
      {R"({"bodyPatterns":[{"binaryEqualTo":"YQ=="}]})", false},
      {R"({"bodyPatterns":[{"absent":true}]})", false},
      {R"({"understudy":{"tenant":"tester","api":"shelf","operation":"shelf.addBook","answer":"book_added","fault":"delay","status":201}})",
       true},
      {R"({"understudy":{"rule":{"absent":true}}})", true},
      {R"json({"headers":{"X-Nope":{"absent":"(absent)"}}})json", true},
      {R"json({"headers":{"X-Tag":{"absent":"(absent)"}}})json", false},
      {R"json({"headers":{"X-Tag":{"not":{"absent":"(absent)"}}}})json", true},
      {R"({"understudy":{"tenant":"demo"}})", false},
      {R"({"understudy":{"operation":{"matches":"shelf\\..*"}}})", true},
  }));
  INFO(row.pattern);

  const auto pattern = RequestPattern::parse(parse_json(row.pattern).value());

  REQUIRE(pattern);
  StepBudget budget(100'000);
  CHECK(pattern->match(sample(), budget) == row.fits);
  CHECK((distance_of(pattern->compare(sample(), budget)) == 0) == row.fits);
  CHECK_FALSE(budget.is_spent());
}

TEST_CASE("a criterion that is not supported is refused at its place, never ignored", "[journal][pattern]") {
  struct Case {
    const char* pattern;
    const char* pointer;
    const char* title;
  };
  const auto row = GENERATE(values<Case>({
      {R"([])", "", "found array [], expected a request pattern"},
      {R"({"methd":"GET"})", "/methd", "the criterion 'methd' is not supported (did you mean 'method'?)"},
      {R"({"customMatcher":{"name":"a"}})", "/customMatcher", "the criterion 'customMatcher' is not supported"},
      {R"({"multipartPatterns":[]})", "/multipartPatterns", "the criterion 'multipartPatterns' is not supported"},
      {R"({"method":["GET"]})", "/method", "found array [\"GET\"], expected a text"},
      {R"({"url":"/a","urlPath":"/b"})", "/urlPath", "found 'urlPath' beside 'url', expected one of them"},
      {R"({"urlPattern":"("})", "/urlPattern", "the regular expression is not one of ECMA-262: missing closing parenthesis at offset 1"},
      {R"({"urlPath":"/a","pathParameters":{"id":{"equalTo":"1"}}})", "/pathParameters/id", "no urlPathTemplate names {id}"},
      {R"({"headers":[]})", "/headers", "found array [], expected an object of matchers"},
      {R"({"headers":{"a/b":"x"}})", "/headers/a~1b", R"(found string "x", expected a matcher such as {"equalTo": "text"})"},
      {R"({"headers":{"A":{"equalsTo":"x"}}})", "/headers/A/equalsTo", "the matcher 'equalsTo' is not supported (did you mean 'equalTo'?)"},
      {R"({"headers":{"A":{"equalTo":"x","contains":"y"}}})", "/headers/A/equalTo",
       "found 'equalTo' beside 'contains', expected one matcher"},
      {R"({"headers":{"A":{"contains":"x","caseInsensitive":true}}})", "/headers/A/caseInsensitive",
       "'caseInsensitive' goes with 'equalTo' only"},
      {R"({"headers":{"A":{"absent":1}}})", "/headers/A/absent", "found integer 1, expected true or false"},
      {R"({"headers":{"A":{"or":[]}}})", "/headers/A/or", "found array [], expected a list of matchers"},
      {R"({"headers":{"A":{"or":[{"equalTo":"x"},{"matches":"["}]}}})", "/headers/A/or/1/matches",
       "the regular expression is not one of ECMA-262: missing terminating ] for character class at offset 1"},
      {R"({"bodyPatterns":{"equalTo":"x"}})", "/bodyPatterns", "found object {\"equalTo\":\"x\"}, expected a list of matchers"},
      {R"({"bodyPatterns":[{"equalToXml":"<a/>"}]})", "/bodyPatterns/0/equalToXml",
       "the matcher 'equalToXml' is not supported (did you mean 'equalTo'?)"},
      {R"({"bodyPatterns":[{"matchesXPath":"//a"}]})", "/bodyPatterns/0/matchesXPath",
       "the matcher 'matchesXPath' is not supported (did you mean 'matchesJsonPath'?)"},
      {R"({"bodyPatterns":[{"equalToJson":"{"}]})", "/bodyPatterns/0/equalToJson",
       "the text is not JSON: unexpected end of input; expected string literal"},
      {R"({"bodyPatterns":[{"equalToJson":{"a":"${json-unit.regex}[0-9]"}}]})", "/bodyPatterns/0/equalToJson",
       "the placeholder ${json-unit.regex}[0-9] is not supported"},
      {R"({"bodyPatterns":[{"matchesJsonPath":"$.a[1:2]"}]})", "/bodyPatterns/0/matchesJsonPath",
       "the JSONPath is not supported: slices are not supported: found ':' at offset 5"},
      {R"({"bodyPatterns":[{"matchesJsonPath":{"equalTo":"a"}}]})", "/bodyPatterns/0/matchesJsonPath", "'expression' is missing"},
      {R"({"basicAuth":{"username":"a"}})", "/basicAuth", "both username and password are needed"},
      {R"({"understudy":{"tennant":"a"}})", "/understudy/tennant", "the criterion 'tennant' is not supported (did you mean 'tenant'?)"},
  }));
  INFO(row.pattern);

  const auto pattern = RequestPattern::parse(Json::parse(row.pattern));

  REQUIRE_FALSE(pattern);
  CHECK(pattern.error().pointer == row.pointer);
  CHECK(pattern.error().title == row.title);
}

TEST_CASE("a comparison says criterion by criterion what was expected and seen", "[journal][pattern]") {
  const auto pattern = RequestPattern::parse(Json::parse(
      R"({"method":"PUT","urlPath":"/shelf/books/4%2F3","headers":{"X-Tag":{"equalTo":"one"}},"basicAuth":{"username":"a","password":"canary"}})"));
  REQUIRE(pattern);

  StepBudget budget(100'000);
  const auto results = pattern->compare(sample(), budget);

  const Json rendered = render_criteria(results);
  CHECK(rendered[0] ==
        Json::parse(R"({"criterion":"method","matched":false,"expected":"equal to \"PUT\"","actual":"\"POST\"","distance":0.5})"));
  CHECK(rendered[1]["criterion"] == "path");
  CHECK(rendered[1]["distance"].get<double>() > 0.01);
  CHECK(rendered[1]["distance"].get<double>() < 0.1);
  CHECK(rendered[2]["matched"] == true);
  CHECK(rendered[2]["actual"] == "\"one\", \"two\"");
  CHECK(rendered[3]["actual"] == "another one");
  CHECK(rendered.dump().find("canary") == std::string::npos);
  CHECK(distance_of(results) > 0);
  CHECK(distance_of(results) < 0.5);
}

}  // namespace understudy
