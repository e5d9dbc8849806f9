// The admin API's own document: complete, its references resolve, and real responses match it.
#include <algorithm>
#include <set>

#include "contracts/src/schema/schema.h"
#include "tests/support/net/admin_client.h"
#include "tests/support/pages.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

Json document() {
  Mock mock(toy_contracts());
  return ask_admin(mock, "GET", "/openapi.json").body;
}

std::set<std::string> documented(const Json& openapi) {
  std::set<std::string> routes;
  for (const auto& [path, item] : openapi.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      const std::string below = path.substr(std::string("/__admin").size());
      routes.insert(upper + " " + (below.empty() ? "/" : below));
    }
  }
  return routes;
}

std::vector<std::string> references(const Json& value) {
  std::vector<std::string> found;
  if (value.is_object() && value.contains("$ref")) found.push_back(value.at("$ref").get<std::string>().substr(1));
  if (!value.is_structured()) return found;
  for (const Json& member : value) {
    for (std::string& one : references(member)) found.push_back(std::move(one));
  }
  return found;
}

}  // namespace

TEST_CASE("every route is documented, and nothing else is", "[admin][openapi]") {
  const auto list = list_admin_routes();
  const std::set<std::string> routes(list.begin(), list.end());
  CHECK(routes.size() == list.size());  // none twice

  const auto described = documented(document());

  std::vector<std::string> missing, invented;
  std::set_difference(routes.begin(), routes.end(), described.begin(), described.end(), std::back_inserter(missing));
  std::set_difference(described.begin(), described.end(), routes.begin(), routes.end(), std::back_inserter(invented));
  INFO("render_openapi() must render every operation of every table");
  CHECK(missing == std::vector<std::string>{});
  CHECK(invented == std::vector<std::string>{});
}

TEST_CASE("every route stands in docs/admin.md", "[admin][openapi][docs]") {
  const std::string page = load_page("docs/admin.md");
  std::vector<std::string> missing;
  for (const std::string& route : list_admin_routes()) {
    const auto space = route.find(' ');
    const std::string path = route.substr(space + 1);
    const std::string entry = "`" + route.substr(0, space) + " /__admin" + (path == "/" ? "" : path) + "`";
    if (page.find(entry) == std::string::npos) missing.push_back(entry);
  }
  CHECK(missing == std::vector<std::string>{});
}

TEST_CASE("each operation has a name of its own, a summary, its parameters and its refusals", "[admin][openapi]") {
  const Json openapi = document();
  std::set<std::string> ids;
  for (const auto& [path, item] : openapi.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      INFO(method << " " << path);
      CHECK(ids.insert(operation.at("operationId").get<std::string>()).second);
      CHECK_FALSE(operation.at("summary").get<std::string>().empty());
      const auto parameters = operation.value("parameters", Json::array());
      const auto in_path = std::count_if(parameters.begin(), parameters.end(), [](const Json& one) { return one.at("in") == "path"; });
      CHECK(in_path == std::count(path.begin(), path.end(), '{'));
      CHECK(operation.at("responses").contains("401"));
      CHECK(operation.at("responses").contains("403"));
    }
  }
}

TEST_CASE("every reference leads to a shape, every shape is used", "[admin][openapi]") {
  const Json openapi = document();
  REQUIRE(openapi.at("openapi") == "3.1.0");
  std::set<std::string> used;
  for (const std::string& pointer : references(openapi)) {
    INFO(pointer);
    CHECK(find_pointer(openapi, pointer) != nullptr);
    used.insert(pointer);
  }
  for (const auto& [name, schema] : openapi.at("components").at("schemas").items()) {
    INFO(name);
    CHECK(used.contains("/components/schemas/" + name));
  }
}

TEST_CASE("answers fit the shapes that are documented", "[admin][openapi]") {
  struct Row {
    const char* method;
    const char* route;
    const char* target;
    const char* body;
  };
  const auto row = GENERATE(values<Row>({
      {"get", "/__admin", "", ""},
      {"get", "/__admin/health", "/health", ""},
      {"get", "/__admin/version", "/version", ""},
      {"get", "/__admin/settings", "/settings", ""},
      {"post", "/__admin/reset", "/reset", ""},
      {"post", "/__admin/shutdown", "/shutdown", ""},
      {"get", "/__admin/tenants", "/tenants", ""},
      {"put", "/__admin/tenants/{tenant}", "/tenants/tester", R"({"api":"shelf"})"},
      {"put", "/__admin/tenants/{tenant}", "/tenants/tester", R"({"apy":"shelf"})"},
      {"get", "/__admin/tenants/{tenant}", "/tenants/tester", ""},
      {"get", "/__admin/tenants/{tenant}", "/tenants/missing", ""},
      {"post", "/__admin/tenants/{tenant}/reset", "/tenants/tester/reset", ""},
      {"post", "/__admin/tenants/{tenant}/clock/advance", "/tenants/tester/clock/advance", R"({"by":"61m"})"},
      {"post", "/__admin/tenants/{tenant}/tokens/expire", "/tenants/tester/tokens/expire", ""},
      {"get", "/__admin/tenants/{tenant}/records", "/tenants/tester/records?collection=shelf.books", ""},
      {"post", "/__admin/tenants/{tenant}/records/{api}/{collection}", "/tenants/tester/records/shelf/books", "[{}]"},
      {"post", "/__admin/tenants/{tenant}/records/{api}/{collection}", "/tenants/tester/records/shelf/books", R"({"BookId":1})"},
      {"get", "/__admin/tenants/{tenant}/records/{api}/{collection}", "/tenants/tester/records/shelf/books", ""},
      {"delete", "/__admin/tenants/{tenant}/records/{api}/{collection}", "/tenants/tester/records/shelf/books", ""},
      {"get", "/__admin/tenants/{tenant}/records/{api}/{collection}/{key}", "/tenants/tester/records/shelf/books/1", ""},
      {"put", "/__admin/tenants/{tenant}/records/{api}/{collection}/{key}", "/tenants/tester/records/shelf/books/2", "{}"},
      {"post", "/__admin/tenants/{tenant}/snapshots/{snapshot}", "/tenants/tester/snapshots/new", ""},
      {"get", "/__admin/tenants/{tenant}/snapshots", "/tenants/tester/snapshots", ""},
      {"get", "/__admin/tenants/{tenant}/snapshots/{snapshot}", "/tenants/tester/snapshots/s", ""},
      {"put", "/__admin/tenants/{tenant}/snapshots/{snapshot}", "/tenants/tester/snapshots/s", "{}"},
      {"post", "/__admin/tenants/{tenant}/snapshots/{snapshot}/restore", "/tenants/tester/snapshots/s/restore", ""},
      {"get", "/__admin/tenants/{tenant}/commits", "/tenants/tester/commits", ""},
      {"get", "/__admin/tenants/{tenant}/commits/{commit}", "/tenants/tester/commits/1", ""},
      {"get", "/__admin/tenants/{tenant}/difference", "/tenants/tester/difference?from=1", ""},
      {"get", "/__admin/tenants/{tenant}/difference", "/tenants/tester/difference", ""},
      {"post", "/__admin/tenants/{tenant}/commits/{commit}/restore", "/tenants/tester/commits/1/restore", ""},
      {"post", "/__admin/tenants/{tenant}/commits/{commit}/fork", "/tenants/tester/commits/1/fork", R"({"name":"copy"})"},
      {"post", "/__admin/tenants/{tenant}/commits/{commit}/fork", "/tenants/tester/commits/1/fork", R"({"name":"tester"})"},
      {"get", "/__admin/requests", "/requests", ""},
      {"get", "/__admin/findings", "/findings", ""},
      {"get", "/__admin/scenarios", "/scenarios", ""},
      {"post", "/__admin/scenarios/reset", "/scenarios/reset", ""},
      {"put", "/__admin/scenarios/{scenario}/state", "/scenarios/tester/state", R"({"state":"Done"})"},
      {"get", "/__admin/mappings", "/mappings", ""},
      {"post", "/__admin/mappings", "/mappings", "{}"},
      {"get", "/__admin/mappings/{mapping}", "/mappings/shelf.addBook", ""},
      {"post", "/__admin/mappings/reset", "/mappings/reset", ""},
  }));
  INFO(row.method << " " << row.target);
  Stage stage(toy_contracts(), {{"api", "shelf"},
                                {"records", {{"books", {{{"BookId", 1}, {"Title", "A"}, {"Genre", "Novel"}}}}}},
                                {"faults", {{{"on", "listBooks"}, {"kind", "reset"}}}},
                                {"scenario", {{"title", "A"}, {"file", "a.yaml"}}}});
  stage.send("POST", "/shelf/login", {{"user", "tester"}, {"SECRET", "demo"}});
  stage.admin("POST", "/snapshots/s");
  const Json openapi = document();
  std::string method = row.method;
  std::transform(method.begin(), method.end(), method.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });

  const auto reply = ask_admin(stage.mock(), method, row.target, row.body);

  INFO(reply.text);
  const Json& responses = openapi.at("paths").at(row.route).at(row.method).at("responses");
  REQUIRE(responses.contains(std::to_string(reply.status)));
  const std::string pointer = reply.status < 400 ? responses.at(std::to_string(reply.status))
                                                       .at("content")
                                                       .at("application/json")
                                                       .at("schema")
                                                       .at("$ref")
                                                       .get<std::string>()
                                                       .substr(1)
                                                 : "/components/schemas/Error";
  const auto schemas = SchemaSet::compile(openapi, {pointer}, {.allow_ref_siblings = true, .allow_unknown = true});
  REQUIRE(schemas);
  const Findings findings = schemas->check(pointer, reply.body);
  INFO((findings.empty() ? "" : findings.front().pointer + ": " + findings.front().message));
  CHECK(findings.empty());
}
