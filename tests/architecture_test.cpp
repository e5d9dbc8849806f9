#include "tests/support/architecture.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace understudy::architecture;

namespace {

const Rule& rule_named(const std::string& name) {
  for (const Rule& rule : rules())
    if (rule.name == name) return rule;
  FAIL("no rule " << name);
  return rules().front();
}

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> kTree = load_tree(UNDERSTUDY_SOURCE_DIR);
  return kTree;
}

std::string render_all(const Violations& violations, const Rule& rule) {
  std::string text;
  for (const Violation& violation : violations) text += render(violation, rule) + "\n";
  return text;
}

}  // namespace

TEST_CASE("the tree keeps the rules of its architecture", "[architecture]") {
  const auto name = GENERATE(from_range([] {
    std::vector<std::string> names;
    for (const Rule& rule : rules()) names.push_back(rule.name);
    return names;
  }()));
  const Rule& rule = rule_named(name);

  std::string broken;
  for (const SourceFile& file : tree()) broken += render_all(rule.check(file), rule);

  INFO(broken);
  CHECK(broken.empty());
}

TEST_CASE("files past 400 lines are listed", "[architecture]") {
  std::string list;
  for (const SourceFile& file : tree()) {
    const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
    if (is_cpp(file) && lines > static_cast<std::ptrdiff_t>(kLongFile))
      list += "\n  " + file.path + ": " + std::to_string(lines) + " lines";
  }
  if (!list.empty()) WARN("these files want splitting along an idea:" << list);
  CHECK(tree().size() > 50);  // the tree was really read
}

TEST_CASE("each rule of the architecture can be broken, and says where", "[architecture]") {
  struct Row {
    const char* rule;
    const char* path;
    std::string text;
    std::size_t line;  // 0: fine
  };
  const auto row = GENERATE(values<Row>({
      {"include direction", "contracts/src/a.cpp", "#include \"contracts/src/a.h\"\n#include \"mock/state/store.h\"\n", 2},
      {"include direction", "mock/a.cpp", "#include \"conformance/a.h\"\n", 1},
      {"include direction", "conformance/a.cpp", "#include \"mock/mock.h\"\n", 1},
      {"include direction", "conformance/a.cpp", "#include \"scenarios/src/a.h\"\n#include \"contracts/src/a.h\"\n", 0},
      {"include direction", "cli/a.cpp", "#include \"mock/mock.h\"\n#include \"conformance/a.h\"\n", 0},
      {"include direction", "cli/a.cpp", "#include \"tests/support/a.h\"\n", 1},
      {"include direction", "library/a.cpp", "#include \"mock/mock.h\"\n#include \"conformance/a.h\"\n", 2},
      {"include direction", "library/include/understudy/a.h", "#include <string>\n#include \"mock/mock.h\"\n", 2},
      {"include direction", "mock/a.cpp", "#include \"library/impl.h\"\n", 1},
      {"include direction", "tests/reference/a.cpp", "#include \"contracts/src/base/json.h\"\n", 1},
      {"include direction", "tests/reference/a.cpp", "#include \"tests/broken/a.h\"\n", 0},
      {"include direction", "tests/mock/a_test.cpp", "#include \"contracts/src/base/json.h\"\n", 0},
      {"include direction", "mock/a.cpp", "#include \"a.h\"\n", 1},
      {"include direction", "mock/a.cpp", "// #include \"conformance/a.h\"\n", 0},
      {"walls", "contracts/src/base/json.cpp", "\n#include <valijson/validator.hpp>\n", 2},
      {"walls", "contracts/src/schema_checks.cpp", "#include <valijson/validator.hpp>\n#include <pcre2.h>\n", 0},
      {"walls", "mock/mock.cpp", "#include <boost/asio.hpp>\n", 1},
      {"walls", "mock/wire/wire.h", "#include <boost/asio.hpp>\n", 1},
      {"walls", "mock/wire/session.cpp", "#include <boost/asio.hpp>\n", 0},
      {"walls", "mock/mock.cpp", "#include <sys/socket.h>\n", 1},
      {"walls", "cli/main.cpp", "#include <CLI/CLI.hpp>\n", 0},
      {"walls", "mock/a.cpp", "#include <CLI/CLI.hpp>\n", 1},
      {"walls", "cli/serve/serve.cpp", "#include <sys/inotify.h>\n", 1},
      {"walls", "cli/serve/watch.cpp", "#include <sys/inotify.h>\n", 0},
      {"walls", "tests/a_test.cpp", "#include <catch2/catch.hpp>\n", 1},
      {"clock", "mock/a.cpp", "auto t = std::chrono::system_clock::now();\n", 1},
      {"clock", "mock/a.cpp", "auto t = time(nullptr);\n", 1},
      {"clock", "contracts/src/base/env.cpp", "auto t = std::chrono::system_clock::now();\n", 0},
      {"clock", "mock/a.cpp", "// not system_clock\nconst char* s = \"system_clock\"; int my_system_clock;\n", 0},
      {"stopwatch", "mock/mock.cpp", "using C = std::chrono::steady_clock;\n", 1},
      {"stopwatch", "mock/wire/wire.cpp", "using C = std::chrono::steady_clock;\n", 0},
      {"randomness", "mock/a.cpp", "\n\nstd::mt19937 r;\n", 3},
      {"randomness", "mock/a.cpp", "int r = std::rand();\n", 1},
      {"randomness", "mock/a.cpp", "int operand();\n", 0},
      {"environment", "conformance/a.cpp", "auto v = std::getenv(\"HOME\");\n", 1},
      {"environment", "cli/a.cpp", "auto v = std::getenv(\"HOME\");\n", 0},
      {"sleep", "mock/a.cpp", "std::this_thread::sleep_for(1s);\n", 1},
      {"sleep", "tests/mock/a_test.cpp", "std::this_thread::sleep_for(1s);\n", 1},
      {"sleep", "conformance/target/wait.cpp", "std::this_thread::sleep_for(1s);\n", 0},
      {"output", "mock/a.cpp", "std::cout << 1;\n", 1},
      {"output", "mock/a.cpp", "std::snprintf(text, 3, \"x\");\n", 0},
      {"output", "mock/a.cpp", "printf(\"x\");\n", 1},
      {"output", "cli/a.cpp", "std::cout << 1;\n", 0},
      {"exceptions", "mock/a.cpp", "int a;\n  throw 1;\n", 2},
      {"exceptions", "mock/a.cpp", "try {\n} catch (...) {\n}\n", 1},
      {"exceptions", "mock/a.cpp", "// we never throw\nbool try_it(); const auto s = R\"x(throw \" )x\";\nint n = 1'000; int retry;\n", 0},
      {"exceptions", "contracts/src/yaml/yaml.cpp", "throw 1;\n", 0},
      {"exceptions", "library/mock_server.cpp", "throw 1;\n", 0},
      {"exceptions", "contracts/src/yaml/yaml_document.cpp", "throw 1;\n", 1},
      {"vendor names", "mock/a.cpp", "if (api == \"Veeqo\") return;\n", 1},
      {"vendor names", "mock/a.cpp", "// as veeqo does\n", 0},
      {"vendor names", "mock/vendors/veeqo.cpp", "int veeqo;\n", 0},
      {"vendor names", "mock/vendors/veeqo.cpp", "int veeqo;\nint sellercloud;\n", 2},
      {"vendor names", "mock/vendors/veeqo_product.cpp", "int veeqo;\n", 0},
      {"vendor names", "mock/vendors/registry.cpp", "{\"veeqo\", 1},\n{\"sellercloud\", 2},\n", 0},
      {"vendor names", "mock/vendors/registry.cpp", "veeqo();\n{\"veeqo\", 2},\nveeqo();\n", 3},
      {"vendor names", "cli/a.cpp", "footer(\"understudy serve --api veeqo\");\n", 0},
      {"vendor names", "cli/a.cpp", "if (api == \"veeqo\") return;\n", 1},
      {"vendor names", "tests/veeqo_test.cpp", "int veeqo;\n", 0},
      {"header opening", "mock/a.h", "#pragma once\n", 1},
      {"header opening", "mock/a.h", "// Owns a.\n\n#pragma once\n", 2},
      {"header opening", "mock/a.h", "// 1\n// 2\n// 3\n// 4\n// 5\n#pragma once\n", 5},
      {"header opening", "mock/a.h", "// Owns a.\n#pragma once\n", 0},
      {"own header first", "mock/a.cpp", "#include <string>\n\n#include \"mock/a.h\"\n", 3},
      {"own header first", "mock/a.cpp", "#include \"mock/a.h\"\n\n#include <string>\n", 0},
      {"length", "mock/a.cpp", std::string(601, '\n'), 601},
      {"length", "mock/a.cpp", std::string(600, '\n'), 0},
      {"machine paths", "docs/a.md", "see\n" + std::string("/wo") + "rk/main\n", 2},
      {"machine paths", "docs/a.md", "see https://example.test/home" + std::string("/ho") + "me-page\n", 0},
  }));
  const Rule& rule = rule_named(row.rule);
  INFO(row.rule << " over " << row.path << ":\n" << row.text.substr(0, 200));

  const Violations violations = rule.check({row.path, row.text});

  CHECK((violations.empty() ? 0 : violations.front().line) == row.line);
}

TEST_CASE("a violation is told with place, what was found and the rule's reason", "[architecture]") {
  const Rule& rule = rule_named("walls");
  const Violations violations = rule.check({"mock/a.cpp", "#include <curl/curl.h>\n"});
  REQUIRE(violations.size() == 1);
  CHECK(render(violations.front(), rule) ==
        "mock/a.cpp:1: includes <curl/curl.h> (walls: a heavy library is met in one place, so that it can be replaced and costs its build "
        "time once)");
}
