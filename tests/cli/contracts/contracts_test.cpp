// `understudy contracts show`, `explain` with an operation, and `scenarios list`, as processes.
#include <sstream>

#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const std::string kToy = UNDERSTUDY_SOURCE_DIR "/tests/data/toy/contracts";

std::vector<std::string> list_json(std::vector<std::string> arguments, const char* member) {
  arguments.insert(arguments.begin(), {"scenarios", "list", "--json"});
  const auto ended = run_understudy(arguments);
  INFO(ended.err);
  std::vector<std::string> values;
  const auto json = parse_json(ended.out);
  REQUIRE(json.has_value());
  for (const auto& scenario : json->at("scenarios"))
    values.push_back(scenario.at(member).is_string() ? as_text(scenario.at(member)) : render_json(scenario.at(member)));
  return values;
}

}  // namespace

TEST_CASE("contracts show prints all of an operation", "[cli][golden]") {
  const auto name = GENERATE(as<std::string>(), "sellercloud.authenticate", "veeqo.listProducts", "sellercenter.updateStock",
                             "shelf.addBook", "shelf.listBooks");
  std::vector<std::string> arguments = {"contracts", "show", name};
  if (name.starts_with("shelf")) arguments.insert(arguments.end(), {"--contracts", kToy});

  const auto ended = run_understudy(arguments);

  CHECK(ended.err == "");
  CHECK(differs_from_golden(ended.out, "operation-" + name + ".txt") == "");
}

TEST_CASE("explain prints the same of an operation, also by its short name", "[cli]") {
  const auto shown = run_understudy({"contracts", "show", "sellercloud.setOrderStatus"});
  for (const char* name : {"sellercloud.setOrderStatus", "setOrderStatus"}) {
    const auto ended = run_understudy({"explain", name});
    CHECK(ended.code == 0);
    CHECK(ended.out == shown.out);
  }
  CHECK(run_understudy({"contracts", "show", "setOrderStatus"}).out == shown.out);
}

TEST_CASE("a name of no operation, or of several, lists what can be meant", "[cli]") {
  struct Row {
    const char* name;
    const char* code;
    const char* hint;
  };
  const auto row = GENERATE(values<Row>({
      {"createProduct", "[ambiguous-operation]", "sellercloud.createProduct, veeqo.createProduct"},
      {"setOrderStats", "", "(did you mean 'sellercloud.setOrderStatus'?)"},
      {"createProdct", "", "(did you mean 'sellercloud.createProduct' or 'veeqo.createProduct'?)"},
      {"veeqo.creatProduct", "", "(did you mean 'veeqo.createProduct'?)"},
  }));
  for (const std::vector<std::string>& command : {std::vector<std::string>{"contracts", "show"}, std::vector<std::string>{"explain"}}) {
    auto arguments = command;
    arguments.emplace_back(row.name);
    const auto ended = run_understudy(arguments);
    CHECK(ended.code == 2);
    CHECK(ended.out == "");
    CHECK_THAT(ended.err, CONTAINS(row.code));
    CHECK_THAT(ended.err, CONTAINS(row.hint));
  }
}

TEST_CASE("each fifth operation of the bundled contracts can be shown, and no line is longer than 100 columns", "[cli]") {
  const auto list = run_understudy({"contracts", "list"}).out;
  std::istringstream lines(list);
  std::size_t listed = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  ") || listed++ % 5 != 0) continue;  // each one is a process of its own
    const auto name = line.substr(2, line.find(' ', 2) - 2);
    const auto ended = Process(release_binary(), {"contracts", "show", name}).wait();
    INFO(name);
    CHECK(ended.code == 0);
    std::istringstream page(ended.out);
    for (std::string one; std::getline(page, one);) {
      INFO(one);
      CHECK((one.size() <= 100 || one.find(' ', one.find_first_not_of(' ')) == std::string::npos || one.find('"') != std::string::npos));
    }
  }
  CHECK(listed > 90);
}

TEST_CASE("scenarios list names what a scenario tests, and what only looks at the result", "[cli]") {
  Folder folder;
  folder.write(
      "make.yaml",
      "understudy: 1\nscenario: A product is made and read\napi: veeqo\nlabels: [products, mine]\nsteps:\n"
      "  - send: createProduct\n    with: { body: { title: A, product_variants_attributes: [{ title: a, price: 1, sku_code: X }] } }\n"
      "    expect: { answer: product_created }\n    capture: { id: $id }\n"
      "  - send: getProduct\n    with: { path: { id: \"{{id}}\" } }\n    expect: { answer: product_read }\n");
  folder.write("read.yaml",
               "understudy: 1\nscenario: Nothing is there\napi: veeqo\nlabels: [reading]\nevidence: observed\nsteps:\n"
               "  - send: getProduct\n    with: { path: { id: 9 } }\n    expect: { answer: record_not_found }\n");
  const auto path = folder.path();

  const auto text = run_understudy({"scenarios", "list", path});

  CHECK(text.code == 0);
  CHECK(text.err == "2 scenarios\n");
  CHECK(text.out ==
        "veeqo/make: A product is made and read\n    products, mine | createProduct | documented, published\n"
        "veeqo/read: Nothing is there\n    reading | getProduct | observed\n");
  CHECK(list_json({path}, "inspecting") == std::vector<std::string>{"[\"veeqo.getProduct\"]", "[]"});
  CHECK(list_json({path, "--operation", "getProduct"}, "name") == std::vector<std::string>{"veeqo/read"});
  CHECK(list_json({path, "--label", "mine"}, "name") == std::vector<std::string>{"veeqo/make"});
  CHECK(list_json({path, "--level", "documented"}, "name") == std::vector<std::string>{"veeqo/make"});
  CHECK(list_json({path, "--level", "observed"}, "name").size() == 2);
  CHECK(list_json({path, "--run", "veeqo/r*"}, "name") == std::vector<std::string>{"veeqo/read"});
}

TEST_CASE("the list of the bundled scenarios fits its schema", "[cli]") {
  const auto schema = parse_json(run_understudy({"schema", "scenario-list"}).out);
  REQUIRE(schema.has_value());
  const auto compiled = SchemaSet::compile(*schema, {""});
  REQUIRE(compiled.has_value());
  const auto list = parse_json(run_understudy({"scenarios", "list", "--json"}).out);
  REQUIRE(list.has_value());
  CHECK(compiled->check("", *list).empty());
  CHECK(list->at("scenarios").size() > 200);
}

TEST_CASE("an unknown filter of scenarios list suggests the nearest, and a filter that leaves nothing is exit 7", "[cli]") {
  struct Row {
    std::vector<std::string> arguments;
    int code;
    const char* err;
  };
  const auto row = GENERATE(values<Row>({
      {{"--label", "order"}, 2, "did you mean 'orders'?"},
      {{"--operation", "setOrderStats"}, 2, "did you mean 'sellercloud.setOrderStatus'?"},
      {{"--level", "assmued"}, 2, "did you mean 'assumed'?"},
      {{"--run", "sellerclod/*"}, 2, "did you mean 'sellercloud/*'?"},
      {{"--label", "token", "--operation", "veeqo.createProduct"}, 7, "0 scenarios"},
      {{"/nowhere"}, 3, "no such file"},
  }));
  auto arguments = row.arguments;
  arguments.insert(arguments.begin(), {"scenarios", "list"});
  const auto ended = run_understudy(arguments);
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.err, CONTAINS(row.err));
}
