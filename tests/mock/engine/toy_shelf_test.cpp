// The shelf of tests/data/toy has no C++: every behaviour below is data.
#include <regex>

#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

std::string token_of(Stage& stage) {
  const Reaction card = stage.send("POST", "/shelf/login", {{"user", "tester"}, {"SECRET", "demo"}});
  REQUIRE(card.status == 200);
  return card.body.at("token").get<std::string>();
}

Headers with_token(Stage& stage) { return {{"Authorization", "Bearer " + token_of(stage)}}; }

Json novel(const std::string& title) { return {{"Title", title}, {"Genre", "Novel"}}; }

}  // namespace

TEST_CASE("rows of data judge a body in the order of the file", "[toy]") {
  struct Case {
    const char* why;
    const char* body;
    int status;
    const char* error;
  };
  const auto row = GENERATE(values<Case>({
      {"all is well", R"({"Title":"A","Genre":"Novel"})", 201, ""},
      {"names in any case, numbers and booleans from strings", R"({"tItle":"A","GENRE":"novel","copies":"2","lent":"false"})", 201, ""},
      {"an enumeration by number", R"({"Title":"A","Genre":7})", 201, ""},
      {"an enumeration by numeric string", R"({"Title":"A","Genre":"0"})", 201, ""},
      {"an alias", R"({"Caption":"A","Genre":"Novel"})", 201, ""},
      {"a wrapped body", R"({"book":{"Title":"A","Genre":"Novel"}})", 201, ""},
      {"an object where a list is meant", R"({"Title":"A","Genre":"Novel","Authors":{"Name":"B"}})", 201, ""},
      {"null is absent", R"({"Title":"A","Genre":"Novel","Copies":null})", 201, ""},
      {"more_than", R"({"Title":"A","Genre":"Novel","Copies":0})", 422, "Copies must be greater than 0."},
      {"at_least", R"({"Title":"A","Genre":"Novel","Price":-1})", 422, "Price must not be less than 0."},
      {"forbidden unless", R"({"Title":"A","Genre":"Novel","Lent":true,"Copies":2})", 422, "Copies must not be provided."},
      {"forbidden, the value let through", R"({"Title":"A","Genre":"Novel","Lent":true,"Copies":1})", 201, ""},
      {"items_at_least", R"({"Title":"A","Genre":"Novel","Authors":[]})", 422, "Authors must have at least 1 element(s)."},
      {"required in every element when another member is there",
       R"({"Title":"A","Genre":"Novel","Price":1,"Authors":[{"Name":"B","Share":1},{"Name":"C"}]})", 422, "Share is required."},
      {"format", R"({"Title":"A","Genre":"Novel","Country":"ZZ"})", 422, "Country is not in the format iso-3166-1-alpha-2."},
      {"format in any case", R"({"Title":"A","Genre":"Novel","Country":"de"})", 201, ""},
      {"the first broken row answers", R"({"Title":"A","Genre":"Novel","Country":"ZZ","Copies":0})", 422, "Copies must be greater than 0."},
      {"exists_in is not asked of a collection that no scenario seeds", R"({"Title":"A","Genre":"Novel","Publisher":9})", 201, ""},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const Headers headers = with_token(stage);

  const Reaction reaction = stage.send("POST", "/shelf/books", Json::parse(row.body), headers);

  INFO(reaction.text);
  CHECK(reaction.status == row.status);
  CHECK(reaction.body.value("error", "") == row.error);
  CHECK(stage.count("shelf.books") == (row.status == 201 ? 1 : 0));
  CHECK(stage.mock().own_findings() == Json::array());
}

TEST_CASE("settings and switches turn rows on", "[toy]") {
  Stage stage(toy_contracts(),
              {{"api", "shelf"}, {"settings", {{"require_isbn", true}}}, {"profile", {{"base", "observed"}, {"refused_status", 400}}}});
  const Headers headers = with_token(stage);

  const Reaction without = stage.send("POST", "/shelf/books", novel("A"), headers);
  const Reaction poem = stage.send("POST", "/shelf/books", {{"Title", "B"}, {"Genre", "Poetry"}, {"Isbn", "1"}}, headers);
  const Reaction dear = stage.send("POST", "/shelf/books", {{"Title", "B"}, {"Genre", "Poetry"}, {"Isbn", "1"}, {"Price", 3}}, headers);

  CHECK(without.status == 400);
  CHECK(without.reason == "Conflict");
  CHECK(without.body == Json{{"error", "Isbn is required."}});
  CHECK(poem.body == Json{{"error", "Price is required."}});
  CHECK(dear.status == 201);
  CHECK(dear.body == Json(100));
}

TEST_CASE("records are unique, found again, changed, listed in pages and removed", "[toy]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"ids", {{"book", 7}}}});
  const Headers headers = with_token(stage);
  const Reaction first = stage.send(
      "POST", "/shelf/books",
      {{"Title", "One"}, {"Genre", "Novel"}, {"Isbn", "X"}, {"Note", "gone"}, {"DefaultHome", "here"}, {"Authors", {{{"Name", "B"}}}}},
      headers);

  const Reaction twin = stage.send("POST", "/shelf/books", {{"Title", "Two"}, {"Genre", "Novel"}, {"Isbn", "X"}}, headers);
  for (const char* title : {"Two", "Three", "Four"}) CHECK(stage.send("POST", "/shelf/books", novel(title), headers).status == 201);
  const Reaction page = stage.send("GET", "/shelf/books?q.PAGE=2&perpage=3", nullptr, headers);
  const Reaction filtered = stage.send("GET", "/shelf/books?genre=Novel,Poetry&word=T", nullptr, headers);
  const Reaction changed = stage.send("PUT", "/shelf/BOOKS/7/", {{"Copies", "4"}}, headers);
  const Reaction removed = stage.send("DELETE", "/shelf/books/7", nullptr, headers);
  const Reaction gone = stage.send("GET", "/shelf/books/7", nullptr, headers);

  CHECK(first.body == Json({{"BookId", 7},
                            {"Title", "One"},
                            {"Genre", "Novel"},
                            {"Isbn", "X"},
                            {"State", "on the shelf"},
                            {"DefaultHome", "here"},
                            {"Authors", {{{"Name", "B"}, {"Home", "here"}}}}}));
  CHECK(find_header(first.headers, "location") == "/shelf/books/7");
  CHECK(twin.status == 409);
  CHECK(twin.body == Json{{"error", "ISBN X is on the shelf!"}});
  CHECK(page.body == Json({{"Items", {{{"Id", 7}, {"Line", "One (Novel)"}, {"Isbn", "X"}}}}, {"Page", 2}}));
  CHECK(find_header(page.headers, "X-Total") == "4");
  CHECK(filtered.body.at("Items").size() == 2);
  CHECK(find_header(filtered.headers, "X-Total") == "2");
  CHECK(changed.body.at("Copies") == 4);
  CHECK(removed.status == 204);
  CHECK(removed.text.empty());
  CHECK(gone.status == 404);
  CHECK(gone.body == Json{{"error", "GET /shelf/books/7"}});
}

TEST_CASE("a page that is out of reach is empty, one that is none is the first", "[toy]") {
  struct Case {
    const char* page;
    std::size_t shown;
  };
  const auto row = GENERATE(values<Case>({{"1", 2},
                                          {"2", 1},
                                          {"3", 0},
                                          {"0", 2},
                                          {"-5", 2},
                                          {"922337203685477582", 0},
                                          {"1844674407370955162", 0},
                                          {"9223372036854775807", 0}}));
  INFO(row.page);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const Headers headers = with_token(stage);
  for (const char* title : {"A", "B", "C"}) stage.send("POST", "/shelf/books", novel(title), headers);

  const Reaction reaction = stage.send("GET", std::string("/shelf/books?page=") + row.page, nullptr, headers);

  CHECK(reaction.status == 200);
  CHECK(reaction.body.at("Items").size() == row.shown);
}

TEST_CASE("an id in the body does not move a record", "[toy]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const Headers headers = with_token(stage);
  stage.send("POST", "/shelf/books", novel("A"), headers);

  const Reaction changed = stage.send("PUT", "/shelf/books/100", {{"BookId", 5}, {"Title", "B"}}, headers);

  CHECK(changed.body.at("BookId") == 100);
  CHECK(stage.count("shelf.books") == 1);
}

TEST_CASE("tokens are issued, checked, and expire", "[toy]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"clock", "2026-03-02T09:00:00Z"}});
  const std::string token = token_of(stage);
  const Headers headers = {{"authorization", "bearer " + token}};
  const auto status = [&](const Headers& with) { return stage.send("GET", "/shelf/books", nullptr, with).status; };

  CHECK(status(headers) == 200);
  CHECK(status({}) == 401);
  CHECK(status({{"Authorization", "Bearer us1.746573746572.nonsense"}}) == 401);
  CHECK(status({{"Authorization", "Basic " + token}}) == 401);
  stage.admin("POST", "/clock/advance", {{"by", "599s"}});
  CHECK(status(headers) == 200);
  stage.admin("POST", "/clock/advance", {{"by", "1s"}});
  const Reaction late = stage.send("GET", "/shelf/books", nullptr, headers);
  CHECK(late.status == 401);
  CHECK(late.reason == "No Card");
  CHECK(late.body == Json{{"error", "No Card"}});
  CHECK(stage.send("POST", "/shelf/login", {{"User", "tester"}, {"Secret", "wrong"}}).status == 403);
  CHECK(stage.send_text("POST", "/shelf/login", "user=tester&secret=demo", {{"Content-Type", "application/x-www-form-urlencoded"}})
            .body.at("until") == "2026-03-02T09:20:00Z");
}

TEST_CASE("refusals come in the order of the walk", "[toy]") {
  struct Case {
    const char* why;
    const char* method;
    const char* target;
    bool token;
    const char* type;
    const char* body;
    int status;
  };
  const auto row = GENERATE(values<Case>({
      {"unknown path before the missing token", "POST", "/shelf/films", false, "application/json", "{", 404},
      {"wrong method before the missing token", "PATCH", "/shelf/books", false, "application/json", "{", 405},
      {"missing token before the broken body", "POST", "/shelf/books", false, "application/json", "{", 401},
      {"broken body", "POST", "/shelf/books", true, "application/json", "{", 400},
      {"empty body", "POST", "/shelf/books", true, "application/json", "", 400},
      {"wrong media type before the shape", "POST", "/shelf/books", true, "text/plain", "{}", 400},
      {"shape before rows", "POST", "/shelf/books", true, "application/json", R"({"Genre":"Novel","Copies":0})", 400},
      {"rows", "POST", "/shelf/books", true, "application/json", R"({"Title":"A","Genre":"Novel","Copies":0})", 422},
      {"no content type is JSON", "POST", "/shelf/books", true, "", R"({"Title":"A","Genre":"Novel"})", 201},
      {"a query value that cannot be read", "GET", "/shelf/books?page=x", true, "", "", 400},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  Headers headers = row.token ? with_token(stage) : Headers{};
  if (*row.type != '\0') headers.push_back({"Content-Type", row.type});

  const Reaction reaction = stage.send_text(row.method, row.target, row.body, headers);

  INFO(reaction.text);
  CHECK(reaction.status == row.status);
  CHECK(stage.mock().own_findings() == Json::array());
}

TEST_CASE("all findings of a shape are listed by field", "[toy]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});

  const Reaction reaction = stage.send("POST", "/shelf/books", {{"Copies", "many"}, {"Genre", "Opera"}}, with_token(stage));

  CHECK(reaction.body == Json({{"errors",
                                {{"book.Title", {"Title is wanted"}},
                                 {"book.Copies", {"Copies: integer, not string \"many\""}},
                                 {"book.Genre", {"Genre: one of \"Novel\", \"Poetry\", not string \"Opera\""}}}}}));
}

TEST_CASE("faults strike in their phase and leave what they leave", "[toy][faults]") {
  struct Case {
    const char* why;
    const char* fault;
    int status;
    std::size_t books;
    Delivery::Ending ending;
  };
  const auto row = GENERATE(values<Case>({
      {"before: nothing happens", R"({"on":"addBook","phase":"before","kind":"status","status":503})", 503, 0, Delivery::Ending::complete},
      {"before_commit: what was done is gone", R"({"on":"addBook","phase":"before_commit","kind":"reset"})", 0, 0, Delivery::Ending::reset},
      {"after_commit: what was done stays", R"({"on":"addBook","phase":"after_commit","kind":"close"})", 201, 1, Delivery::Ending::close},
      {"a named answer", R"({"on":"addBook","kind":"answer","answer":"shelf_fell"})", 500, 0, Delivery::Ending::complete},
      {"another operation is spared", R"({"on":"getBook","kind":"reset"})", 201, 1, Delivery::Ending::complete},
      {"the second call is not the first", R"({"on":"addBook","call":2,"kind":"reset"})", 201, 1, Delivery::Ending::complete},
      {"a body that does not match is spared", R"({"on":"addBook","match":{"Title":"Z"},"kind":"reset"})", 201, 1,
       Delivery::Ending::complete},
      {"a body that matches", R"({"on":"addBook","match":{"Title":"A"},"phase":"after_commit","kind":"stall"})", 201, 1,
       Delivery::Ending::stall},
      {"the token is over", R"({"on":"addBook","kind":"expire_token"})", 401, 0, Delivery::Ending::complete},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"faults", {Json::parse(row.fault)}}});

  const Reaction reaction = stage.send("POST", "/shelf/books", novel("A"), with_token(stage));

  if (row.status != 0) CHECK(reaction.status == row.status);
  CHECK(reaction.delivery.ending == row.ending);
  CHECK(stage.count("shelf.books") == row.books);
}

TEST_CASE("a fault that an earlier one prevents is not counted as applied", "[toy][faults]") {
  const Json once = {{"on", "addBook"}, {"kind", "status"}, {"times", 1}};
  Json first = once;
  first["status"] = 502;
  Json second = once;
  second["status"] = 503;
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"faults", {first, second}}});
  const Headers headers = with_token(stage);

  std::vector<int> statuses;
  for (const char* title : {"A", "B", "C"}) statuses.push_back(stage.send("POST", "/shelf/books", novel(title), headers).status);

  CHECK(statuses == std::vector<int>{502, 503, 201});
}

TEST_CASE("the journal says which row refused and what was committed", "[toy][journal]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const Headers headers = with_token(stage);
  stage.send("POST", "/shelf/books", novel("A"), headers);
  stage.send("POST", "/shelf/books", {{"Title", "A"}, {"Genre", "Novel"}, {"Copies", 0}}, headers);

  const Json journal = stage.journal();

  REQUIRE(journal.size() == 3);
  CHECK(journal[1].at("decisions")[0].at("answer") == "book_added");
  CHECK(journal[1].at("committed") == Json({{{"kind", "created"}, {"collection", "books"}, {"id", "100"}}}));
  CHECK(journal[2].at("decisions")[0].at("rule") == "shelf.addBook.copies");
  CHECK_THAT(journal[2].at("decisions")[0].at("place").get<std::string>(), CONTAINS("shelf/rules.yaml:"));
  CHECK(journal[2].at("committed") == Json::array());
}

TEST_CASE("the same tenant document twice gives the same bytes", "[toy]") {
  const Json given = {{"api", "shelf"}, {"clock", "2026-03-02T09:00:00Z"}, {"seed", 7}};
  Stage left(toy_contracts(), given);
  Stage right(toy_contracts(), given);

  CHECK(left.send("POST", "/shelf/login", {{"User", "tester"}, {"Secret", "demo"}}).text ==
        right.send("POST", "/shelf/login", {{"User", "tester"}, {"Secret", "demo"}}).text);
}

TEST_CASE("HEAD is answered as GET would be, whatever the answer is", "[toy]") {
  struct Case {
    const char* why;
    const char* target;
    bool has_token;
    int status;
  };
  const auto row = GENERATE(values<Case>({
      {"a list", "/shelf/books?pageSize=1", true, 200},
      {"no such record", "/shelf/books/77", true, 404},
      {"no token", "/shelf/books", false, 401},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const Headers headers = row.has_token ? with_token(stage) : Headers();

  const Reaction got = stage.send("GET", row.target, nullptr, headers);
  const Reaction head = stage.send("HEAD", row.target, nullptr, headers);

  CHECK(got.status == row.status);
  CHECK(head.status == got.status);
  CHECK(head.headers == got.headers);
  // This API's answer to an unknown record names the method.
  CHECK(head.text == std::regex_replace(got.text, std::regex("GET "), "HEAD "));
  if (!row.has_token) return;  // journaled with the default tenant
  CHECK(stage.journal().back().at("decisions") == stage.journal().at(stage.journal().size() - 2).at("decisions"));
}

TEST_CASE("a body in another coding is refused by the name of the coding, and never becomes a record", "[toy]") {
  struct Case {
    const char* why;
    std::vector<std::string> codings;
    const char* coding;  // empty: it is read
  };
  const auto row = GENERATE(values<Case>({
      {"gzip", {"gzip"}, "gzip"},
      {"in capitals", {"GZIP"}, "GZIP"},
      {"its old name", {"x-gzip"}, "x-gzip"},
      {"twice", {"gzip, gzip"}, "gzip"},
      {"behind identity", {"identity, br"}, "br"},
      {"in a second header", {"identity", "deflate"}, "deflate"},
      {"an unknown one", {"made-up"}, "made-up"},
      {"identity", {"identity"}, ""},
      {"identity in capitals", {"Identity"}, ""},
      {"empty", {""}, ""},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  Headers headers = with_token(stage);
  for (const std::string& coding : row.codings) headers.push_back({"Content-Encoding", coding});

  const Reaction reaction = stage.send("POST", "/shelf/books", {{"Title", "A"}, {"Genre", "Novel"}}, headers);

  INFO(reaction.text);
  const bool refused = !std::string_view(row.coding).empty();
  CHECK((reaction.status == 201) != refused);
  CHECK(stage.count("shelf.books") == (refused ? 0 : 1));
  const std::string why = stage.journal().back().at("decisions").dump();
  CHECK((why.find("Content-Encoding '" + std::string(row.coding) + "'") != std::string::npos) == refused);
}

TEST_CASE("HEAD of a path without GET is refused", "[toy]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  CHECK(stage.send("HEAD", "/shelf/login").status == 405);
}

TEST_CASE("a path under no base names the bases", "[toy]") {
  Stage stage(toy_contracts());

  const Reaction reaction = stage.send("GET", "/nowhere");

  CHECK(reaction.status == 404);
  CHECK_THAT(reaction.body.at("message").get<std::string>(), CONTAINS("/relay, /shelf"));
}

}  // namespace understudy
