// What the loader refuses, each with its place: one change to the toy contract a row.
#include "contracts/src/load/load.h"

#include <filesystem>
#include <fstream>

#include "contracts/src/yaml/packed.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/edited_contract.h"
#include "tests/support/net/process.h"

namespace understudy {
namespace {

using Change = test::ContractEdit;

ContractFiles shelf_with(const Change& change) { return test::edit_toy_contract("shelf", change); }

// The line, counted from 1, where the change was made.
std::size_t line_of(const ContractFiles& shelf, const Change& change) {
  const std::string& text = shelf.texts.at(change.file);
  const auto at = text.find(change.to);
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

TEST_CASE("the loader refuses what it does not implement, with its place", "[load]") {
  const auto change = GENERATE(values<Change>({
      {"an OpenAPI member that is not read", "openapi.yaml", "      operationId: addBook\n",
       "      deprecated: true\n      operationId: addBook\n", "unknown-key", "deprecated"},
      {"a schema keyword off the list", "openapi.yaml", "{ type: integer }\n        Price",
       "{ type: integer, nullable: true }\n        Price", "unknown-keyword", "nullable"},
      {"a sibling of $ref", "openapi.yaml", "Genre: { $ref: \"#/components/schemas/Genre\" }, State",
       "Genre: { $ref: \"#/components/schemas/Genre\", title: x }, State", "ref-sibling", "$ref"},
      {"a dangling $ref", "openapi.yaml", "{ $ref: \"#/components/schemas/NewBook\" }", "{ $ref: \"#/components/schemas/OldBook\" }",
       "dangling-ref", "OldBook"},
      {"another OpenAPI version", "openapi.yaml", "openapi: 3.1.0", "openapi: 3.0.3", "unsupported-version", "3.1"},
      {"two operations of one id", "openapi.yaml", "operationId: changeBook\n      x-source: \"shelf-handbook:28\"",
       "operationId: getBook\n      x-source: \"shelf-handbook:28\"", "duplicate-operation", "getBook"},
      {"a word of binding that is none", "rules.yaml", "single: list", "single: lists", "unknown-word", "did you mean 'list'"},
      {"a section that is none", "rules.yaml", "field_prefix:", "field_prefixes:", "unknown-key", "did you mean 'field_prefix'"},
      {"a limit that takes nothing", "rules.yaml", "field_prefix:", "rate_limit: { kind: bucket, requests: 0 }\nfield_prefix:", "bad-limit",
       "at least 1"},
      {"a limit without an answer to who is over it", "rules.yaml",
       "field_prefix:", "rate_limit: { kind: window, requests: 3 }\nfield_prefix:", "missing-key", "refusals.throttle"},
      {"a verb that is none", "rules.yaml", "more_than: 0", "more_then: 0", "unknown-key", "did you mean 'more_than'"},
      {"two verbs in a row", "rules.yaml", "more_than: 0", "more_than: 0, required: true", "one-verb", "found 2"},
      {"a row about a member that the body does not declare", "rules.yaml", "at: /Copies, more_than", "at: /Copis, more_than",
       "unknown-member", "/Copis"},
      {"a condition on a member that the body does not declare", "rules.yaml", "present: /DefaultHome", "present: /DefaultHouse",
       "unknown-member", "/DefaultHouse"},
      {"a condition on an unknown setting", "rules.yaml", "setting: require_isbn", "setting: require_isbm", "unknown-setting",
       "did you mean 'require_isbn'"},
      {"a condition on an unknown switch", "rules.yaml", "switch: created_body", "switch: create_body", "unknown-switch",
       "did you mean 'created_body'"},
      {"a format that is none", "rules.yaml", "format: iso-3166-1-alpha-2", "format: iso-3166", "bad-argument", "a known format"},
      {"a refusal that no answer has", "rules.yaml", "refuse: isbn_known", "refuse: isbn_knwon", "unknown-answer",
       "did you mean 'isbn_known'"},
      {"rows of an unknown operation", "rules.yaml", "  addBook:\n    - { id: isbn", "  addBooks:\n    - { id: isbn", "unknown-operation",
       "addBooks"},
      {"a collection that is none", "rules.yaml", "collection: publishers, key", "collection: printers, key", "unknown-collection",
       "printers"},
      {"the same row id twice", "rules.yaml", "id: price, at", "id: copies, at", "duplicate-row", "copies"},
      {"evidence that is none", "rules.yaml", "evidence: observed", "evidence: rumoured", "unknown-word", "rumoured"},
      {"an answer with a schema that is none", "answers.yaml", "schema: Book, id: /BookId }\n    - {",
       "schema: Bok, id: /BookId }\n    - {", "dangling-ref", "Bok"},
      {"a template word that is none", "answers.yaml", "$merge:", "$marge:", "bad-template", "$marge"},
      {"a template without its end", "answers.yaml", "\"try {{allow}}\"", "\"try {{allow\"", "bad-template", "'{{' without '}}'"},
      {"a value of a switch that no variant covers", "answers.yaml", "switch: { created_body: id_only }", "switch: { created_body: none }",
       "uncovered-switch", "book_added"},
      {"a body without a schema", "answers.yaml", "body: { error: \"{{reason}}\" }, schema: Fault", "body: { error: \"{{reason}}\" }",
       "missing-key", "schema"},
      {"an unknown switch in an answer", "answers.yaml", "status: { switch: refused_status }", "status: { switch: refuse_status }",
       "unknown-switch", "switch"},
      {"records of an unknown collection", "collections.yaml", "records:\n  publishers:", "records:\n  printers:", "unknown-collection",
       "printers"},
      {"a path without a slash", "openapi.yaml", "  /login:", "  login:", "bad-path", "begins with '/'"},
      {"a path with a query", "openapi.yaml", "  /login:", "  /login?by=name:", "bad-path", "'?'"},
      {"a parameter that does not end", "openapi.yaml", "  /books/{id}:", "  /books/{id:", "bad-path", "begins no parameter"},
      {"a parameter over two segments", "openapi.yaml", "  /books/{id}:", "  /books/{i/d}:", "bad-path", "begins no parameter"},
      {"a parameter without a name", "openapi.yaml", "  /books/{id}:", "  /books/{}:", "bad-path", "begins no parameter"},
      {"a bracket that closes nothing", "openapi.yaml", "  /books/{id}:", "  /books/id}:", "bad-path", "'}' without '{'"},
      {"parameters side by side", "openapi.yaml", "  /books/{id}:", "  /books/{id}{no}:", "bad-path", "side by side"},
      {"a parameter twice", "openapi.yaml", "  /books/{id}:", "  /books/{id}/{id}:", "bad-path", "{id} twice"},
      {"a path parameter that is not in the path", "openapi.yaml", "[{ name: id, in: path", "[{ name: ids, in: path",
       "unknown-path-parameter", "did you mean 'id'"},
      {"the same path with another name", "openapi.yaml",
       "  /books/{id}:", "  /books/{no}: { summary: x }\n  /books/{id}:", "duplicate-path", "'/books/{id}'"},
      {"a server that is no path", "openapi.yaml", "url: /shelf", "url: shelf", "bad-url", "a path (/v1)"},
      {"a server with a name that has no value", "openapi.yaml", "url: /shelf", "url: \"https://{host}.example/shelf\"", "unknown-variable",
       "{host}"},
      {"a parameter that no text can be", "openapi.yaml", "name: word, in: query, schema: { type: string }",
       "name: word, in: query, schema: { type: object }", "unsupported-parameter", "object"},
      {"an interim status", "answers.yaml", "status: 201", "status: 103", "bad-status", "found 103"},
      {"a status that HTTP does not have", "answers.yaml", "status: 201", "status: 99", "bad-status", "200 to 599"},
      {"an unknown name in a body", "answers.yaml", "\"try {{allow}}\"", "\"try {{alow}}\"", "unknown-name", "did you mean 'allow'"},
      {"an unknown part of a name", "answers.yaml", "\"{{token.value}}\"", "\"{{token.valeu}}\"", "unknown-name", "did you mean 'value'"},
      {"a template where none is filled", "collections.yaml", "State: on the shelf", "State: \"{{now}}\"", "template-not-filled",
       "{{now}}"},
      {"a template in a record", "collections.yaml", "Name: Small Press", "Name: \"at {{now}}\"", "template-not-filled", "{{now}}"},
      {"a key twice", "collections.yaml", "account: { branch: Riverside }", "account: { branch: Riverside, branch: Hill }", "duplicate-key",
       "branch"},
  }));
  INFO(change.why);
  const ContractFiles shelf = shelf_with(change);

  const auto contract = parse_contract(shelf);

  REQUIRE_FALSE(contract);
  const Problem& problem = contract.error();
  INFO(render_problem(problem));
  CHECK(problem.code == change.code);
  CHECK_THAT(problem.message, CONTAINS(change.says));
  CHECK(problem.failure == Failure::bad_file);
  CHECK(problem.place.file.starts_with("contracts/shelf/"));
  const std::size_t line = line_of(shelf, change);
  CHECK(problem.place.line + 1 >= line);
  CHECK(problem.place.line <= line + 2);
}

TEST_CASE("the toy contract itself loads", "[load]") {
  const auto contract = parse_contract(shelf_with({"", "rules.yaml", "", "", "", ""}));

  REQUIRE(contract);
  CHECK(contract->operations.size() == 6);
  CHECK(contract->find_operation("addBook")->answers.front() == "book_added");
  CHECK(contract->find_fact("/components/schemas/NewBook/properties/Title")->source == "shelf-handbook:10");
}

TEST_CASE("an interim status is refused as a value of a switch, too", "[load]") {
  const auto contract = parse_contract(shelf_with({"", "rules.yaml", "others: [400]", "others: [100]", "", ""}));

  REQUIRE_FALSE(contract);
  CHECK(contract.error().code == "bad-status");
  CHECK_THAT(contract.error().message, CONTAINS("100, a value of switch 'refused_status'"));
}

TEST_CASE("files of a contract that none would read are refused, or read under their other names", "[load]") {
  struct Layout {
    const char* why;
    std::vector<std::pair<const char*, const char*>> moves;  // below the folder of contracts; to "": removed
    const char* error;                                       // empty: it loads
  };
  const auto row = GENERATE(values<Layout>({
      {"as they are named", {}, ""},
      {"openapi.yml", {{"shelf/openapi.yaml", "shelf/openapi.yml"}}, ""},
      {"openapi.json", {{"shelf/openapi.yaml", "shelf/openapi.json"}}, ""},
      {"capital letters", {{"shelf/openapi.yaml", "shelf/OpenAPI.YAML"}}, ""},
      {"all of them", {{"shelf/rules.yaml", "shelf/rules.yml"}, {"shelf/answers.yaml", "shelf/answers.json"}}, ""},
      {"no openapi.yaml", {{"shelf/openapi.yaml", ""}}, "shelf/openapi.yaml"},
      {"no rules.yaml", {{"shelf/rules.yaml", ""}}, "shelf/rules.yaml"},
      {"no answers.yaml", {{"shelf/answers.yaml", ""}}, "shelf/answers.yaml"},
      {"directly in the folder", {{"shelf", "moved"}, {"moved/openapi.yaml", "openapi.yaml"}, {"moved", ""}}, "openapi.yaml"},
      {"one folder too deep", {{"shelf", "moved"}, {"moved", "group/shelf"}}, "group/shelf/openapi.yaml"},
      {"nothing at all", {{"shelf", ""}}, "mine"},
  }));
  INFO(row.why);
  namespace fs = std::filesystem;
  const test::Folder folder;
  const fs::path mine = fs::path(folder.path()) / "mine";
  fs::create_directories(mine / "group");
  fs::copy(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy/contracts/shelf", mine / "shelf", fs::copy_options::recursive);
  for (const auto& [from, to] : row.moves) {
    if (std::string_view(to).empty())
      fs::remove_all(mine / from);
    else
      fs::rename(mine / from, mine / to);
  }

  const auto contracts = load_contracts(FileSet(), mine.string());

  const std::string error = contracts ? "" : contracts.error().place.file;
  CHECK(contracts.has_value() == std::string_view(row.error).empty());
  CHECK_THAT(error, Catch::Matchers::EndsWith(row.error));
  if (!contracts) CHECK(error.starts_with(mine.string()));
}

TEST_CASE("files beside the folders of contracts replace no contract", "[load]") {
  namespace fs = std::filesystem;
  const test::Folder folder;
  const fs::path toy = std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy/contracts";
  const auto bundled = load_folder(toy.string(), "contracts");
  REQUIRE(bundled);
  const fs::path mine = fs::path(folder.path()) / "mine";
  fs::create_directories(mine);
  fs::copy(toy / "shelf", mine / "shelf", fs::copy_options::recursive);
  for (const char* name : {"notes.txt", "claim.json", "list.yaml", "a.yml"}) std::ofstream(mine / name) << "1";

  const auto contracts = load_contracts(*bundled, mine.string());

  REQUIRE(contracts);
  CHECK(contracts->find_api("shelf") != nullptr);
  CHECK(contracts->find_api("relay") != nullptr);
}

TEST_CASE("a contract that the build checked is the one that its texts are", "[load]") {
  FileSet texts = bundled_file_set();
  std::erase_if(texts, [](const auto& file) { return file.first.ends_with(kPackedSuffix); });

  const auto contracts = parse_contracts(texts);

  REQUIRE(contracts);
  REQUIRE(contracts->operation_names() == bundled_contracts().operation_names());
  for (const auto& contract : contracts->apis) {
    const Contract& checked = *bundled_contracts().find_api(contract->api);
    INFO(contract->api);
    CHECK(*contract->document == *checked.document);
    for (std::size_t i = 0; i < contract->operations.size(); ++i) {
      const Operation &one = contract->operations[i], &other = checked.operations[i];
      INFO(one.name);
      CHECK(one.answers == other.answers);
      CHECK(one.names == other.names);
      REQUIRE(one.rows.size() == other.rows.size());
      for (std::size_t row = 0; row < one.rows.size(); ++row) {
        CHECK(one.rows[row].id == other.rows[row].id);
        CHECK(one.rows[row].place == other.rows[row].place);
      }
    }
    for (const auto& [name, answer] : contract->answers) {
      for (const ResponseVariant& variant : answer.variants) {
        if (variant.schema.empty()) continue;
        const Json value = {{"Id", "x"}};
        CHECK(contract->schemas->check(variant.schema, value).size() == checked.schemas->check(variant.schema, value).size());
      }
    }
  }
}

TEST_CASE("two files of one name with different extensions are refused", "[load]") {
  ContractFiles shelf = shelf_with({"", "rules.yaml", "", "", "", ""});
  shelf.texts["rules.yml"] = shelf.texts.at("rules.yaml");

  const auto contract = parse_contract(shelf);

  REQUIRE_FALSE(contract);
  CHECK(contract.error().code == "second-file");
  CHECK_THAT(contract.error().message, CONTAINS("rules.yml"));
}

TEST_CASE("a contract without its rules names the file that is missing", "[load]") {
  ContractFiles shelf = shelf_with({"", "rules.yaml", "", "", "", ""});
  shelf.texts.erase("rules.yaml");

  const auto contract = parse_contract(shelf);

  REQUIRE_FALSE(contract);
  CHECK(contract.error().code == "file-missing");
  CHECK(contract.error().place.file == "contracts/shelf/rules.yaml");
}

}  // namespace understudy
