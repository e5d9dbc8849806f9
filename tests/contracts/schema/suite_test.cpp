// The official JSON Schema test suite (Debian: json-schema-test-suite). Another copy is found through JSON_SCHEMA_TEST_SUITE.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::filesystem::path find_suite() {
  const char* chosen = std::getenv("JSON_SCHEMA_TEST_SUITE");
  for (const std::filesystem::path root : {chosen == nullptr ? "" : chosen, "/usr/share/json-schema-test-suite"}) {
    if (std::filesystem::is_directory(root / "tests" / "draft7")) return root / "tests" / "draft7";
  }
  return {};
}

Json load(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse_json(text).value();
}

struct Tally {
  std::size_t total = 0;  // tests of the files read
  std::size_t ran = 0;
  std::size_t refused = 0;               // tests of groups whose schema was refused
  std::vector<std::string> wrong;        // the verdict is not the suite's
  std::vector<std::string> unexplained;  // check() and explain() disagree
  std::set<std::string> refusals;        // codes
};

// Whether a schema has a base URI of its own, an anchor, or a reference that leaves it.
bool needs_another_document(const Json& schema) {
  if (!schema.is_structured()) return false;
  if (schema.is_object()) {
    if (schema.contains("$id")) return true;
    const auto ref = schema.find("$ref");
    if (ref != schema.end() && ref->is_string() && *ref != "#" && !ref->get_ref<const std::string&>().starts_with("#/")) return true;
  }
  return std::any_of(schema.begin(), schema.end(), needs_another_document);
}

std::vector<std::string> without_files(std::vector<std::string> titles, const std::set<std::string>& files) {
  std::erase_if(titles, [&](const std::string& title) { return files.contains(title.substr(0, title.find(':'))); });
  return titles;
}

void run_group(const std::string& file, const Json& group, Tally& tally) {
  const auto name = file + ": " + group.at("description").get<std::string>();
  const auto& tests = group.at("tests");
  tally.total += tests.size();
  const auto schemas = SchemaSet::compile(group.at("schema"), {""}, {.allow_ref_siblings = true, .allow_unknown = true});
  if (!schemas) {
    tally.refused += tests.size();
    tally.refusals.insert(schemas.error().code);
    UNSCOPED_INFO("refused " << name << ": " << schemas.error().message);
    CHECK(needs_another_document(group.at("schema")));
    return;
  }
  for (const auto& test : tests) {
    ++tally.ran;
    const auto title = name + ": " + test.at("description").get<std::string>();
    const auto& data = test.at("data");
    const bool valid = schemas->accepts("", data);
    if (valid != test.at("valid").get<bool>()) tally.wrong.push_back(title);
    const auto explained = schemas->explain("", data);
    const auto checked = schemas->check("", data);
    const bool undecided = !checked.empty() && checked.front().code == "undecided";
    if (valid != explained.empty() || valid != checked.empty() || undecided) tally.unexplained.push_back(title);
  }
}

Tally run_folder(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.insert(entry.path());
  }
  Tally tally;
  for (const auto& file : files) {
    const auto groups = load(file);
    for (const auto& group : groups) run_group(file.stem().string(), group, tally);
  }
  return tally;
}

// Draws schemas and values from a small vocabulary, so that they meet often; the same seed gives the same ones.
class Draw {
 public:
  explicit Draw(std::uint32_t seed) : state_(seed) {}

  Json value(int depth) {
    static const std::vector<Json> kScalars = {nullptr, true, 0, 1, 2, 1.0, 1.5, -1, "", "a", "ab", "2024-01-01"};
    const auto kind = below(depth > 0 ? 5 : 3);
    if (kind < 3) return kScalars[below(kScalars.size())];
    Json out = kind == 3 ? Json::array() : Json::object();
    for (auto count = below(4); count > 0; --count) {
      if (kind == 3) {
        out.push_back(value(depth - 1));
      } else {
        out[name()] = value(depth - 1);
      }
    }
    return out;
  }

  Json schema(int depth) {
    if (below(12) == 0) return below(2) == 0;
    if (below(10) == 0) return {{"$ref", "#/definitions/" + name()}};
    Json out = Json::object();
    for (auto count = below(3) + 1; count > 0; --count) add_keyword(out, depth);
    return out;
  }

 private:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 8U) % limit;
  }
  std::string name() { return std::string(1, "abc"[below(3)]); }
  Json names() { return Json(std::set<std::string>{name(), name()}); }
  Json schemas(int depth) {
    auto out = Json::array({schema(depth)});
    if (below(2) == 0) out.push_back(schema(depth));
    return out;
  }
  Json members(int depth) { return {{name(), schema(depth)}, {name() + "b", schema(depth)}}; }

  void add_keyword(Json& out, int depth) {
    static const std::vector<std::string> kTypes = {"null", "boolean", "integer", "number", "string", "array", "object"};
    switch (below(depth > 0 ? 32 : 14)) {
      case 0: out["type"] = kTypes[below(kTypes.size())]; break;
      case 1: out["type"] = Json(std::set<std::string>{kTypes[below(7)], kTypes[below(7)]}); break;
      case 2: out["const"] = value(1); break;
      case 3: out["enum"] = Json::array({value(1), value(0)}); break;
      case 4: out["minimum"] = below(3); break;
      case 5: out["exclusiveMaximum"] = 1.5; break;
      case 6: out["multipleOf"] = below(2) == 0 ? Json(2) : Json(0.5); break;
      case 7: out["minLength"] = below(3); break;
      case 8: out["pattern"] = "^a"; break;
      case 9: out["format"] = "date"; break;
      case 10: out["maxItems"] = below(3); break;
      case 11: out["uniqueItems"] = true; break;
      case 12: out["required"] = names(); break;
      case 13: out["maxProperties"] = below(3); break;
      case 14: out["items"] = schema(depth - 1); break;
      case 15: out["items"] = schemas(depth - 1); break;
      case 16: out["additionalItems"] = schema(depth - 1); break;
      case 17: out["contains"] = schema(depth - 1); break;
      case 18:
      case 19: out["properties"] = members(depth - 1); break;
      case 20: out["patternProperties"] = members(depth - 1); break;
      case 21: out["additionalProperties"] = schema(depth - 1); break;
      case 22: out["propertyNames"] = schema(depth - 1); break;
      case 23: out["dependencies"] = {{name(), names()}, {name(), schema(depth - 1)}}; break;
      case 24: out["allOf"] = schemas(depth - 1); break;
      case 25: out["anyOf"] = schemas(depth - 1); break;
      case 26: out["oneOf"] = schemas(depth - 1); break;
      case 27: out["not"] = schema(depth - 1); break;
      case 28: out["if"] = schema(depth - 1); break;
      case 29: out["then"] = schema(depth - 1); break;
      case 30: out["else"] = schema(depth - 1); break;
      default: out["minItems"] = below(3); break;
    }
  }

  std::uint32_t state_;
};

}  // namespace

TEST_CASE("the library and our own walk agree on thousands of schemas and values", "[contracts][schema]") {
  Draw draw(20240101);
  std::size_t compiled = 0;
  std::size_t valid = 0;
  std::vector<std::string> disagreements;

  for (int round = 0; round < 3000; ++round) {
    const Json document = {{"root", draw.schema(3)},
                           {"definitions", {{"a", draw.schema(2)}, {"b", draw.schema(2)}, {"c", draw.schema(2)}}}};
    const auto schemas = SchemaSet::compile(document, {"/root"});
    if (!schemas) continue;  // a ring of references
    ++compiled;
    for (int i = 0; i < 10; ++i) {
      const auto value = draw.value(3);
      const bool accepted = schemas->accepts("/root", value);
      valid += accepted ? 1 : 0;
      if (accepted != schemas->explain("/root", value).empty())
        disagreements.push_back(render_json(document) + " on " + render_json(value));
    }
  }

  CHECK(disagreements == std::vector<std::string>{});
  CHECK(compiled > 2000);
  CHECK(valid > 5000);
  CHECK(valid < 8 * compiled);
}

TEST_CASE("every required test of the official Draft 7 suite is right or refused by name", "[contracts][schema][suite]") {
  const auto suite = find_suite();
  if (suite.empty()) {
    WARN("json-schema-test-suite is not installed: nothing was proved here (apt-get install json-schema-test-suite)");
    return;
  }

  const auto tally = run_folder(suite);

  CHECK(tally.wrong == std::vector<std::string>{});
  CHECK(tally.unexplained == std::vector<std::string>{});
  CHECK(tally.ran + tally.refused == tally.total);
  CHECK(tally.ran > 10 * tally.refused);
  CHECK(tally.refusals == std::set<std::string>{"remote-ref", "unsupported-keyword"});
}

TEST_CASE("of the suite's optional tests only content and formats that annotate are not enforced", "[contracts][schema][suite]") {
  const auto suite = find_suite();
  if (suite.empty()) {
    WARN("json-schema-test-suite is not installed: nothing was proved here (apt-get install json-schema-test-suite)");
    return;
  }

  const auto tally = run_folder(suite / "optional");
  const auto formats = run_folder(suite / "optional" / "format");

  CHECK(tally.ran + tally.refused == tally.total);
  CHECK(formats.ran == formats.total);
  CHECK(tally.unexplained == std::vector<std::string>{});
  CHECK(formats.unexplained == std::vector<std::string>{});
  CHECK(without_files(tally.wrong, {"content"}) == std::vector<std::string>{});
  CHECK(without_files(formats.wrong, {"idn-email", "idn-hostname", "iri", "iri-reference", "uri-template"}) == std::vector<std::string>{});
}
