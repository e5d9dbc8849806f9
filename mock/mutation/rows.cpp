// Mutants of rules: each row of rules.yaml is not enforced, enforced too widely, or has its bound moved.
#include <algorithm>

#include "contracts/src/model/responses.h"
#include "mock/mutation/catalogue.h"

namespace understudy {
namespace {

Row& row_in(Contract& contract, const std::string& operation, const std::string& id) {
  auto& rows = operation_in(contract, operation).rows;
  return *std::ranges::find_if(rows, [&](const Row& one) { return one.id == id; });
}

std::string describe_row(const Row& row) {
  const std::string argument = row.argument == true ? "" : " " + render_json(row.argument);
  return row.written_at() + " " + std::string(to_string(row.verb)) + argument;
}

std::string describe_condition(const Condition& condition) {
  const char* kind = condition.kind == Condition::Kind::setting        ? "setting "
                     : condition.kind == Condition::Kind::switch_value ? "switch "
                     : condition.kind == Condition::Kind::present      ? "present "
                                                                       : "";
  return kind + condition.name + " is " + render_json(condition.is);
}

bool is_same_condition(const Condition& left, const Condition& right) {
  return left.kind == right.kind && left.name == right.name && left.is == right.is;
}

// Another row that refuses at least the same requests with the same answer.
const Row* find_shadow(const Operation& operation, const Row& row) {
  for (const Row& other : operation.rows) {
    if (&other == &row || other.at != row.at || other.verb != row.verb || other.argument != row.argument || other.refuse != row.refuse)
      continue;
    const bool wider = std::ranges::all_of(other.when, [&](const Condition& one) {
      return std::ranges::any_of(row.when, [&](const Condition& mine) { return is_same_condition(one, mine); });
    });
    if (wider) return &other;
  }
  return nullptr;
}

struct RowMutants {
  Catalogue& catalogue;
  const Operation& operation;
  const Row& row;
  std::string subject = row.id.substr(row.id.find('.') + 1);

  Mutant& add(const std::string& kind, const std::string& about, std::string what, std::function<void(Row&)> edit) {
    Mutant& mutant = catalogue.add(operation.name, kind, about, std::move(what), row.fact, {catalogue.contract.api + "." + row.id});
    mutant.edit = [id = operation.id, row_id = row.id, edit = std::move(edit)](Contract& contract) { edit(row_in(contract, id, row_id)); };
    return mutant;
  }

  void not_enforced() {
    const char* kind = row.verb == Verb::unique_in ? "uniqueness-ignored" : "row-not-enforced";
    Mutant& mutant = add(kind, subject, "the rule '" + describe_row(row) + "' is not applied", {});
    mutant.edit = [id = operation.id, row_id = row.id](Contract& contract) {
      std::erase_if(operation_in(contract, id).rows, [&](const Row& one) { return one.id == row_id; });
    };
    if (const Row* shadow = find_shadow(operation, row); shadow != nullptr)
      mutant.equivalent = "the rule " + shadow->id + " refuses the same with the same answer";
  }

  void conditions_ignored() {
    for (std::size_t i = 0; i < row.when.size(); ++i) {
      const Condition& condition = row.when[i];
      Mutant& mutant = add("condition-ignored", subject + "/" + condition.name,
                           "the rule '" + describe_row(row) + "' is applied whether " + describe_condition(condition) + " or not",
                           [i](Row& one) { one.when.erase(one.when.begin() + static_cast<std::ptrdiff_t>(i)); });
      const bool needs_presence = condition.kind == Condition::Kind::present && condition.is == true;
      if (row.verb == Verb::becomes && needs_presence && row.argument.value("value", "") == condition.name)
        mutant.equivalent = "the rule takes its value from " + condition.name + ", so it has no effect where that is absent";
      if (needs_presence && condition.name == row.at.substr(0, row.at.rfind('/')))
        mutant.equivalent = "the rule has no effect where " + condition.name + " is absent";
      if (row.verb == Verb::format && condition.kind == Condition::Kind::present && condition.name == row.at)
        mutant.equivalent = "the rule has no effect where " + row.at + " is absent";
    }
  }

  void bounds_moved() {
    const std::string bound = render_json(row.argument);
    const auto moved = [&](int by) {
      return row.argument.is_number_integer() ? Json(row.argument.get<std::int64_t>() + by) : row.argument;
    };
    if (row.verb == Verb::more_than) {
      add("bound-too-low", subject, row.at + " may be " + bound, [](Row& one) { one.verb = Verb::at_least; });
      add("bound-too-high", subject, row.at + " must be more than " + render_json(moved(1)),
          [to = moved(1)](Row& one) { one.argument = to; });
    } else if (row.verb == Verb::at_least) {
      add("bound-too-low", subject, row.at + " may be " + render_json(moved(-1)), [to = moved(-1)](Row& one) { one.argument = to; });
      add("bound-too-high", subject, row.at + " must be more than " + bound, [](Row& one) { one.verb = Verb::more_than; });
    } else if (row.verb == Verb::items_at_least) {
      add("bound-too-high", subject, row.at + " must have more than " + bound + " elements",
          [to = moved(1)](Row& one) { one.argument = to; });
    }
  }

  void exceptions_ignored() {
    if (row.verb == Verb::forbidden && row.argument.is_object() && row.argument.contains("unless")) {
      for (const Json& value : row.argument["unless"]) {
        add("exception-ignored", subject + "/" + as_text(value), row.at + " is refused also when it is " + render_json(value),
            [value](Row& one) {
              Json& list = one.argument["unless"];
              list.erase(std::find(list.begin(), list.end(), value));
            });
      }
    }
    if (row.verb == Verb::required && row.argument == "non_empty")
      add("empty-accepted", subject, row.at + " may be an empty string", [](Row& one) { one.argument = true; });
  }

  void keys_ignored() {
    if (row.verb != Verb::unique_in || row.argument.at("keys").size() < 2) return;
    for (std::size_t i = 0; i < row.argument.at("keys").size(); ++i) {
      const std::string key = row.argument.at("keys")[i].get<std::string>();
      add("key-ignored", subject + key, "a record counts as a duplicate, whatever its " + key, [i](Row& one) {
        one.argument["keys"].erase(i);
        if (one.argument.contains("same")) one.argument["same"].erase(i);
      });
    }
  }

  // Refused with the answer of another rule.
  void refused_otherwise() {
    const Contract& contract = catalogue.contract;
    const ResponseDefinition* right = contract.find_response(row.refuse);
    if (right == nullptr || row.verb == Verb::ignored || row.verb == Verb::becomes) return;
    for (const std::string& name : operation.answers) {
      const ResponseDefinition* other = contract.find_response(name);
      if (other == nullptr || other->success || other->scope != right->scope || other == right) continue;
      if (other->scope == Scope::exchange && other->variants.front().status == right->variants.front().status) continue;
      if (other->scope == Scope::item && other->variants.front().schema == right->variants.front().schema) continue;
      add("refused-otherwise", subject, "a request that breaks the rule '" + describe_row(row) + "' is refused with " + name,
          [name](Row& one) { one.refuse = name; })
          .fact.evidence = std::max(row.fact.evidence, right->variants.front().fact.evidence);
      return;
    }
  }
};

}  // namespace

void add_row_mutants(Catalogue& catalogue, const Operation& operation) {
  for (const Row& row : operation.rows) {
    RowMutants mutants{.catalogue = catalogue, .operation = operation, .row = row};
    mutants.not_enforced();
    mutants.conditions_ignored();
    mutants.bounds_moved();
    mutants.exceptions_ignored();
    mutants.keys_ignored();
    mutants.refused_otherwise();
  }
}

}  // namespace understudy
