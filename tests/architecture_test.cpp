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

// The samples below and the lists themselves hold what these rules refuse.
constexpr std::string_view kSamples[] = {"tests/architecture_test.cpp", "tests/support/architecture_words.cpp"};

bool is_exempt(const Rule& rule, const Violation& violation) {
  return rule.name.starts_with("retired") && std::ranges::find(kSamples, violation.path) != std::end(kSamples);
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

  Violations violations = rule.check(tree());
  std::erase_if(violations, [&](const Violation& violation) { return is_exempt(rule, violation); });
  const std::string broken = render_all(violations, rule);

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
  if (!list.empty()) WARN("these files should be split by topic:" << list);
  CHECK(tree().size() > 50);  // the tree was really read
}

TEST_CASE("each rule of the architecture reports the line that breaks it", "[architecture]") {
  struct Row {
    const char* rule;
    const char* path;
    std::string text;
    std::size_t line;  // 0: fine
  };
  const auto row = GENERATE(values<Row>({
      {"include direction", "contracts/src/base/a.cpp", "#include \"contracts/src/base/a.h\"\n#include \"contracts/src/yaml/yaml.h\"\n", 2},
      {"include direction", "contracts/src/model/a.cpp", "#include \"contracts/src/yaml/yaml.h\"\n#include \"contracts/src/load/load.h\"\n",
       2},
      {"include direction", "scenarios/src/model/a.cpp", "#include \"scenarios/src/match/a.h\"\n#include \"scenarios/src/lint/a.h\"\n", 2},
      {"include direction", "scenarios/src/lint/a.cpp", "#include \"scenarios/src/match/a.h\"\n#include \"mock/mock.h\"\n", 2},
      {"include direction", "mock/state/a.cpp", "#include \"mock/delivery.h\"\n#include \"mock/engine/engine.h\"\n", 2},
      {"include direction", "mock/vendors/a.cpp", "#include \"mock/records/store.h\"\n#include \"mock/engine/engine.h\"\n", 2},
      {"include direction", "mock/engine/a.cpp", "#include \"mock/vendors/module.h\"\n#include \"mock/mutation/a.h\"\n", 2},
      {"include direction", "mock/admin/a.cpp", "#include \"mock/engine/engine.h\"\n#include \"mock/wiremock/har.h\"\n", 2},
      {"include direction", "mock/wiremock/a.cpp", "#include \"mock/admin/call.h\"\n#include \"mock/wire/wire.h\"\n", 2},
      {"include direction", "mock/mock.cpp", "#include \"mock/admin/admin.h\"\n#include \"mock/wire/wire.h\"\n", 2},
      {"include direction", "mock/mock.h", "#include \"mock/delivery.h\"\n#include \"mock/records/store.h\"\n", 2},
      {"include direction", "mock/wire/a.cpp", "#include \"mock/delivery.h\"\n#include \"mock/records/store.h\"\n", 2},
      {"include direction", "mock/engine/a.cpp", "#include \"conformance/judge/a.h\"\n", 1},
      {"include direction", "conformance/judge/a.cpp", "#include \"conformance/target/a.h\"\n#include \"conformance/live/a.h\"\n", 2},
      {"include direction", "conformance/live/a.cpp", "#include \"conformance/judge/a.h\"\n#include \"conformance/run/a.h\"\n", 2},
      {"include direction", "conformance/report/a.cpp", "#include \"conformance/measure/a.h\"\n#include \"conformance/run/a.h\"\n", 2},
      {"include direction", "conformance/compare/a.cpp", "#include \"conformance/report/a.h\"\n#include \"conformance/run/a.h\"\n", 2},
      {"include direction", "conformance/run/a.cpp", "#include \"conformance/live/a.h\"\n#include \"mock/mock.h\"\n", 2},
      {"include direction", "cli/verify/a.cpp", "#include \"mock/mock.h\"\n#include \"cli/options.h\"\n#include \"cli/serve/a.h\"\n", 3},
      {"include direction", "cli/a.cpp", "#include \"conformance/run/a.h\"\n#include \"cli/verify/a.h\"\n", 2},
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
      {"walls", "contracts/src/schema/checks.cpp", "#include <valijson/validator.hpp>\n#include <pcre2.h>\n", 0},
      {"walls", "mock/mock.cpp", "#include <boost/asio.hpp>\n", 1},
      {"walls", "mock/engine/a.cpp", "#include <openssl/evp.h>\n", 1},
      {"walls", "contracts/src/base/base64.cpp", "#include <openssl/evp.h>\n", 0},
      {"walls", "mock/wire/session.cpp", "#include <boost/asio.hpp>\n", 0},
      {"walls", "mock/mock.cpp", "#include <sys/socket.h>\n", 1},
      {"walls", "cli/arguments.cpp", "#include <CLI/CLI.hpp>\n", 0},
      {"walls", "cli/main.cpp", "#include <CLI/CLI.hpp>\n", 1},
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
      {"numbers", "mock/state/a.cpp", "#include \"mock/state/a.h\"\nif (value.is_number()) return 1;\n", 2},
      {"numbers", "mock/state/a.cpp", "if (is_number(value)) return 1;\n", 0},
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
      {"mutation", "mock/engine/a.cpp", "int a;\n// Mutants change this.\n", 2},
      {"mutation", "mock/mutation/a.cpp", "// Mutants change this.\n", 0},
      {"state writers", "mock/engine/a.cpp", "int a;\nvoid f(TenantState& state);\n", 2},
      {"state writers", "mock/admin/a.cpp", "ApiState* state = nullptr;\n", 1},
      {"state writers", "mock/admin/a.cpp", "auto& s = const_cast<Store&>(store);\n", 1},
      {"state writers", "mock/engine/a.cpp", "void f(const TenantState& state); TenantState copy;  // TenantState& is const\n", 0},
      {"state writers", "mock/state/apply.cpp", "void apply(TenantState& state, const Change& change);\n", 0},
      {"header opening", "mock/a.h", "#pragma once\n", 1},
      {"header opening", "mock/a.h", "// Owns a.\n\n#pragma once\n", 2},
      {"header opening", "mock/a.h", "// 1\n// 2\n// 3\n// 4\n// 5\n#pragma once\n", 5},
      {"header opening", "mock/a.h", "// Owns a.\n#pragma once\n", 0},
      {"own header first", "mock/a.cpp", "#include <string>\n\n#include \"mock/a.h\"\n", 3},
      {"own header first", "mock/a.cpp", "#include \"mock/a.h\"\n\n#include <string>\n", 0},
      {"length", "mock/a.cpp", std::string(601, '\n'), 601},
      {"length", "mock/a.cpp", std::string(600, '\n'), 0},
      {"pages", "mock/a.cpp", "int a;\n// See docs/no-page.md.\n", 2},
      {"pages", "mock/a.cpp", "const char* page = \"docs/no-page.md\";\n", 0},
      {"retired names", "mock/a.cpp", "int a;\nvoid tell_all();\n", 2},
      {"retired names", "mock/a.cpp", "struct Misconduct;\n", 1},
      {"retired names", "mock/a.cpp", "report.left_behind = 1;\n", 1},
      {"retired names", "mock/a.cpp", "add(\"left_behind\"); int teller; int looking;  // tell()\n", 0},
      {"retired phrases", "mock/a.cpp", "int a;\n// Who calls is nobody's concern.\n", 2},
      {"retired phrases", "mock/a.cpp", "// What is sent is the\n// wire's business.\n", 2},
      {"retired phrases", "mock/a.cpp", "// A word stands\n// for another.\n", 1},
      {"retired phrases", "mock/a.cpp", "auto text = \"Whoever asks\";\n", 1},
      {"retired phrases", "mock/a.cpp", "json[\"struck\"] = ask(\"/nobody\"); a = R\"({\"struck\": 1, \"a\": 2})\";\n", 0},
      {"retired phrases", "mock/a.cpp", "int patience; int struck;  // impatience\n", 0},
      {"retired phrases", "docs/a.md", "# A\n\nThe client is told.\n", 3},
      {"retired phrases", "docs/a.md", "The member `struck` counts.\n```\ncounted\n```\n", 0},
      {"retired phrases", "docs/a.md", "The `member` is\nstruck.\n", 2},
      {"retired phrases", "scenarios/toy/a.yaml", "version: 1\nscenario: A client is told\n", 2},
      {"retired phrases", "scenarios/toy/a.yaml", "steps:\n  - { name: nobody asks, request: { body: nobody } }\n", 2},
      {"retired phrases", "scenarios/toy/a.yaml", "each:\n  - { name: nobody }\n", 0},
      {"retired phrases", "scenarios/toy/a.yaml", "steps:\n  - name: a\n    request: { body: nobody, name: '{{nobody}}' }\n", 0},
      {"retired phrases", "contracts/toy/openapi.yaml", "info:\n  description: >\n    The flag stands for two values.\n  title: A\n", 3},
      {"machine paths", "docs/a.md", "see\n" + std::string("/wo") + "rk/main\n", 2},
      {"machine paths", "docs/a.md", "see https://example.test/home" + std::string("/ho") + "me-page\n", 0},
  }));
  const Rule& rule = rule_named(row.rule);
  INFO(row.rule << " over " << row.path << ":\n" << row.text.substr(0, 200));

  const Violations violations = rule.check({{row.path, row.text}});

  CHECK((violations.empty() ? 0 : violations.front().line) == row.line);
}

TEST_CASE("more than thirty C++ files in one folder are a violation", "[architecture]") {
  std::vector<SourceFile> files;
  for (int i = 0; i < 30; ++i) files.push_back({"mock/engine/a" + std::to_string(i) + ".cpp", ""});
  files.push_back({"mock/engine/deeper/a.cpp", ""});
  files.push_back({"mock/engine/a.md", ""});
  const Rule& rule = rule_named("folder size");
  CHECK(rule.check(files).empty());

  files.push_back({"mock/engine/b.h", ""});

  REQUIRE(rule.check(files).size() == 1);
  CHECK(rule.check(files).front().found == "has 31 C++ files");
}

TEST_CASE("a comment may name only a section that its page has", "[architecture]") {
  const SourceFile page{"docs/a.md", "# A\n\n## Faults\n"};
  const Rule& rule = rule_named("pages");

  CHECK(rule.check({page, {"mock/a.h", "// The words of docs/a.md, \"Faults\".\n"}}).empty());
  CHECK(rule.check({page, {"mock/a.h", "// The words of docs/a.md, \"Limits\".\n"}}).size() == 1);
  CHECK(rule.check({page, {"mock/a.h", "// The list of docs/a.md 4.\n"}}).size() == 1);
}

TEST_CASE("a violation is rendered with its place, what was found and the reason of the rule", "[architecture]") {
  const Rule& rule = rule_named("walls");
  const Violations violations = rule.check({{"mock/a.cpp", "#include <curl/curl.h>\n"}});
  REQUIRE(violations.size() == 1);
  CHECK(render(violations.front(), rule) ==
        "mock/a.cpp:1: includes <curl/curl.h> (walls: a heavy library is included in one place, so that it can be replaced and costs its "
        "build "
        "time once)");
}
