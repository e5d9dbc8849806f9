// What the loader refuses in the words about changes, views and time: one edit of the depot's contract a row.
#include "tests/support/edited_contract.h"

namespace understudy {

TEST_CASE("a change that cannot be made is refused, with its place", "[load]") {
  const auto edit = GENERATE(values<test::ContractEdit>({
      {"a member that is none", "rules.yaml", "missing: no_view }", "misssing: no_view }", "unknown-key", "did you mean 'missing'"},
      {"a collection that is none", "rules.yaml", "in: views", "in: vews", "unknown-collection", "did you mean 'views'"},
      {"a collection of new records that is none", "rules.yaml", "create: shipments", "create: shipment", "unknown-collection",
       "shipments"},
      {"a collection in a template that is none", "rules.yaml", "$records: tags", "$records: tag", "unknown-collection", "tag"},
      {"an answer that is none", "rules.yaml", "missing: no_view }", "missing: no_views }", "unknown-answer", "did you mean 'no_view'"},
      {"a refusal that is none", "rules.yaml", "refuse: stock_too_low", "refuse: stock_too_lo", "unknown-answer", "stock_too_low"},
      {"a place without its record", "rules.yaml", "in: views, where: { ID: \"{{query.view}}\" }, missing", "in: views, missing",
       "missing-key", "'in' without 'where'"},
      {"elements without their list", "rules.yaml", "at: Lines, element", "element", "missing-key", "'element' without 'at'"},
      {"a bound of nothing", "rules.yaml", "[{ append: { Notes", "[{ at_least: 0, append: { Notes", "missing-key",
       "'at_least' without 'add'"},
      {"a name that is none", "rules.yaml", "Text: \"{{request.Text}}\"", "Text: \"{{requst.Text}}\"", "unknown-name",
       "did you mean 'request'"},
      {"an element outside its list", "rules.yaml", "set: { Exported: true }", "set: { Exported: \"{{element}}\" }", "unknown-name",
       "element"},
      {"a change of no record", "rules.yaml", "in: orders, where: { ID: \"{{id}}\" }, set", "set", "missing-key", "names none"},
      {"a template word that is none", "rules.yaml", "{ $difference: [0", "{ $diference: [0", "bad-template", "did you mean '$difference'"},
      {"a member beside a word", "rules.yaml", "take: Filter", "taken: Filter", "bad-template", "'taken' beside $find"},
      {"no changes", "rules.yaml", "    changes: [{ append: { Notes", "    answers: [] #", "missing-key", "needs 'changes'"},
      {"what is stored, in a list", "rules.yaml", "where: { Status: shipped }", "record: { Status: shipped }", "wrong-verb", "'record'"},
      {"a record that nothing names", "rules.yaml", "id: \"{{query.order}}\", success", "success", "missing-key", "needs 'id'"},
      {"a row about a record that nothing names", "rules.yaml", "rows:\n",
       "rows:\n  setExported: [{ id: a, at: \"record:/A\", required: true }]\n", "no-record", "setExported"},
      {"a verb that is about the body", "rules.yaml", "forbidden: { unless: [open, packed] }", "ignored: true", "wrong-verb", "ignored"},
      {"a number drawn by an answer", "answers.yaml", "\"{{label}}\"", "{ $next: label }", "bad-template", "$next"},
      {"a name that no change gives", "answers.yaml", "\"{{label}}\"", "\"{{labels}}\"", "unknown-name", "did you mean 'label'"},
      {"a step without its delay", "collections.yaml", "after: 10m, ", "", "missing-key", "'after'"},
      {"a delay that is none", "collections.yaml", "after: 10m", "after: soon", "bad-duration", "soon"},
      {"a delay by an unknown switch", "collections.yaml", "switch: job_time", "switch: jobtime", "unknown-switch", "jobtime"},
      {"a switch that is no delay", "rules.yaml", "others: [5]", "others: [later]", "bad-duration", "later"},
      {"a member of a step that is none", "collections.yaml", "since: At", "sinse: At", "unknown-key", "did you mean 'since'"},
  }));
  INFO(edit.why);

  const auto contract = parse_contract(test::edit_toy_contract("depot", edit));

  REQUIRE_FALSE(contract);
  const Problem& problem = contract.error();
  INFO(render_problem(problem));
  CHECK(problem.code == edit.code);
  CHECK_THAT(problem.message, CONTAINS(edit.says));
  CHECK(problem.place.file.starts_with("contracts/depot/"));
  CHECK(problem.place.line > 1);
}

}  // namespace understudy
