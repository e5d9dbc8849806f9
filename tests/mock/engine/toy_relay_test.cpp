// The relay of tests/data/toy: a batch of calls without C++.
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

Json hello(const std::string& word = "demo") { return {{"do", "hello"}, {"with", {{"name", "tester"}, {"word", word}}}, {"nr", 1}}; }

Json add(const Json& nr, const Json& parcels) { return {{"do", "parcels.add"}, {"with", {{"parcels", parcels}}}, {"nr", nr}}; }

Json parcel(const std::string& code) { return {{"code", code}, {"grams", "5"}}; }

}  // namespace

TEST_CASE("calls answer in order, items one by one", "[toy][batch]") {
  Stage stage(toy_contracts(), {{"api", "relay"}});

  const Reaction reaction = stage.send("POST", "/relay",
                                       {hello(), add(4, {parcel("a"), {{"code", "b"}, {"grams", 0}}, {{"grams", true}}, parcel("a")}),
                                        add("x", Json::array({parcel("c")}))});

  CHECK(reaction.body == Json::parse(R"([
    {"v":2,"nr":4,"done":[{"ok":true,"nr":1,"code":"a"},{"ok":false,"why":"no weight"},{"ok":false,"why":"grams is boolean true"},{"ok":false,"why":"a again"}]},
    {"v":2,"nr":"x","done":[{"ok":true,"nr":2,"code":"c"}]}])"));
  CHECK(stage.count("relay.parcels") == 2);
}

TEST_CASE("a batch is refused where its credential is not", "[toy][batch]") {
  struct Case {
    const char* why;
    const char* body;
    const char* answer;
  };
  const auto row = GENERATE(values<Case>({
      {"the credential comes second",
       R"([{"do":"parcels.add","with":{"parcels":[]},"nr":1},{"do":"hello","with":{"name":"tester","word":"demo"}}])",
       R"([{"v":2,"nr":1,"fail":"who are you"}])"},
      {"no credential, a bare call", R"({"do":"parcels.add","with":{"parcels":[]},"nr":"7"})",
       R"([{"v":2,"nr":"7","fail":"who are you"}])"},
      {"a wrong password", R"([{"do":"hello","with":{"name":"tester","word":"no"}},{"do":"parcels.add","with":{"parcels":[]},"nr":1}])",
       R"([{"v":2,"nr":1,"fail":"who are you"}])"},
      {"the credential alone", R"([{"do":"hello","with":{"name":"tester","word":"demo"}}])", "[]"},
      {"an unknown call", R"([{"do":"hello","with":{"name":"tester","word":"demo"}},{"do":"fly","nr":2}])",
       R"([{"v":2,"nr":2,"fail":"no such call"}])"},
      {"arguments of the wrong shape", R"([{"do":"hello","with":{"name":"tester","word":"demo"}},{"do":"parcels.add","with":{},"nr":2}])",
       R"([{"v":2,"nr":2,"fail":"bad call"}])"},
      {"an empty list", "[]", R"({"fail":"no batch"})"},
      {"no JSON", "[", R"({"fail":"no batch"})"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "relay"}});

  const Reaction reaction = stage.send_text("POST", "/relay/", row.body);

  CHECK(reaction.body == Json::parse(row.answer));
  CHECK(stage.count("relay.parcels") == 0);
}

TEST_CASE("a batch of more than 1,000 elements is refused once, whatever they are", "[toy][batch]") {
  struct Case {
    const char* why;
    std::string element;
    std::size_t count;
    bool refused;
  };
  const auto row = GENERATE(values<Case>({
      {"1,000 calls", R"({"do":"fly","nr":1})", 1000, false},
      {"1,001 calls", R"({"do":"fly","nr":1})", 1001, true},
      {"numbers", "1", 100000, true},
      {"empty objects", "{}", 100000, true},
      {"lists", "[1,2,3]", 1001, true},
      {"lists with many commas", "[1,2,3]", 999, false},
      {"texts with commas and brackets", R"("a,[\",{\\")", 1000, false},
      {"too many of these", R"("a,[\",{\\")", 1001, true},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "relay"}});
  std::string body = " \n[" + row.element;
  for (std::size_t i = 1; i < row.count; ++i) body += ", " + row.element;

  const Reaction reaction = stage.send_text("POST", "/relay", body + "]");

  CHECK((reaction.body == Json::parse(R"({"fail":"no batch"})")) == row.refused);
  const Json decisions = parse_json(stage.mock().handle({.method = "GET", .target = "/__admin/requests?limit=1"}).response.body)
                             ->at("requests")[0]["understudy"]["decisions"];
  CHECK((decisions.dump().find("limit-reached") != std::string::npos) == row.refused);
}

TEST_CASE("one call with many items is no large batch", "[toy][batch]") {
  Stage stage(toy_contracts(), {{"api", "relay"}});
  Json parcels = Json::array();
  for (int i = 0; i < 1500; ++i) parcels.push_back(parcel("p" + std::to_string(i)));

  CHECK(stage.send("POST", "/relay", {hello(), add(1, parcels)}).body[0]["done"].size() == 1500);
  CHECK(stage.send("POST", "/relay", add(1, parcels)).body[0]["fail"] == "who are you");
}

TEST_CASE("a call delivered again repeats what is done and does the rest", "[toy][batch]") {
  Stage stage(toy_contracts(),
              {{"api", "relay"}, {"faults", {{{"on", "addParcels"}, {"call", 1}, {"phase", {{"between_items", 1}}}, {"kind", "close"}}}}});
  const Json batch = {hello(), add(9, {parcel("a"), parcel("b")})};

  const Reaction lost = stage.send("POST", "/relay", batch);
  const std::size_t done = stage.count("relay.parcels");
  const Reaction again = stage.send("POST", "/relay", batch);
  const Reaction other = stage.send("POST", "/relay", {hello(), add(10, Json::array({parcel("a")}))});

  CHECK(lost.delivery.ending == Delivery::Ending::close);
  CHECK(done == 1);
  CHECK(again.body == Json::parse(R"([{"v":2,"nr":9,"done":[{"ok":true,"nr":1,"code":"a"},{"ok":true,"nr":2,"code":"b"}]}])"));
  CHECK(other.body == Json::parse(R"([{"v":2,"nr":10,"done":[{"ok":false,"why":"a again"}]}])"));
}

TEST_CASE("a fault may answer for every item, or for the call", "[toy][batch][faults]") {
  Stage stage(toy_contracts(), {{"api", "relay"},
                                {"faults",
                                 {{{"on", "addParcels"}, {"call", 1}, {"kind", "answer"}, {"answer", "parcel_refused"}},
                                  {{"on", "addParcels"}, {"call", 2}, {"kind", "answer"}, {"answer", "bad_call"}}}}});
  const Json batch = {hello(), add(9, {parcel("a"), parcel("b")})};

  const Reaction items = stage.send("POST", "/relay", batch);
  const Reaction call = stage.send("POST", "/relay", batch);
  const Reaction real = stage.send("POST", "/relay", batch);

  CHECK(items.body == Json::parse(R"([{"v":2,"nr":9,"done":[{"ok":false,"why":null},{"ok":false,"why":null}]}])"));
  CHECK(call.body == Json::parse(R"([{"v":2,"nr":9,"fail":"bad call"}])"));
  CHECK(real.body == Json::parse(R"([{"v":2,"nr":9,"done":[{"ok":true,"nr":1,"code":"a"},{"ok":true,"nr":2,"code":"b"}]}])"));
}

}  // namespace understudy
