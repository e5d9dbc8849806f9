// Mutants of answers: status, headers and body of each answer, each documented member, and the list that answers a batch.
#include <algorithm>

#include "contracts/src/model/responses.h"
#include "mock/mutation/catalogue.h"

namespace understudy {
namespace {

using Kind = Mutation::Kind;

// Can the shape of a request be wrong?
bool has_shape(const Operation& operation) {
  return operation.has_body ||
         std::ranges::any_of(operation.parameters, [](const Parameter& one) { return one.in == Parameter::In::query; });
}

// The operations that may give an answer: none for refusals of a path, a method or an unreadable batch.
std::vector<const Operation*> users_of(const Contract& contract, const std::string& answer) {
  std::vector<const Operation*> users;
  const auto& refusals = contract.refusals;
  if (answer == refusals.path || answer == refusals.method) return users;
  if (contract.batch && (answer == contract.batch->undecodable || answer == contract.batch->unknown_call)) return users;
  for (const Operation& operation : contract.operations) {
    const auto& names = operation.answers;
    if (answer == operation.refusals.shape && answer != operation.refusals.rows && !has_shape(operation)) continue;
    if (answer == operation.refusals.rows && answer == operation.refusals.shape && !has_shape(operation) && operation.rows.empty())
      continue;
    if (!operation.answers_nothing && std::find(names.begin(), names.end(), answer) != names.end()) users.push_back(&operation);
  }
  return users;
}

// --- can a template contain the member? ----------------------------------------------------------------------------------------
bool may_send(const Json& pattern, const std::vector<std::string>& tokens, std::size_t at) {
  if (at == tokens.size()) return true;
  if (pattern.is_string()) return pattern.get_ref<const std::string&>().find("{{") != std::string::npos;
  if (pattern.is_array())
    return tokens[at] == "*" && std::any_of(pattern.begin(), pattern.end(), [&](const Json& one) { return may_send(one, tokens, at + 1); });
  if (!pattern.is_object()) return false;
  if (pattern.contains("$each")) return tokens[at] == "*" && pattern.contains("body") && may_send(pattern["body"], tokens, at + 1);
  if (const auto parts = pattern.find("$merge"); parts != pattern.end())
    return std::any_of(parts->begin(), parts->end(), [&](const Json& one) { return may_send(one, tokens, at); });
  if (pattern.contains("$if")) {
    return (pattern.contains("then") && may_send(pattern["then"], tokens, at)) ||
           (pattern.contains("else") && may_send(pattern["else"], tokens, at));
  }
  if (pattern.contains("$date")) return may_send(pattern["$date"], tokens, at);
  const auto member = pattern.find(tokens[at]);
  return member != pattern.end() && may_send(*member, tokens, at + 1);
}

bool allows(const Json& schema, std::string_view word) {
  const auto type = schema.find("type");
  if (type == schema.end()) return !schema.contains("enum") && !schema.contains("const") && !schema.contains("properties");
  if (type->is_array()) return std::find(type->begin(), type->end(), word) != type->end();
  return *type == word;
}

int other_class(int status) { return status / 100 == 5 ? 400 : 500; }

int neighbour(int status) {
  constexpr std::array<std::pair<int, int>, 8> kNeighbours = {std::pair{200, 201}, {201, 200}, {204, 200}, {400, 422},
                                                              {401, 403},          {404, 410}, {409, 429}, {429, 409}};
  for (const auto& [one, other] : kNeighbours) {
    if (one == status) return other;
  }
  return status + (status % 100 < 10 ? 3 : -1);
}

struct AnswerMutants {
  Catalogue& catalogue;
  const ResponseDefinition& answer;
  std::size_t index;  // of the variant
  std::vector<const Operation*> users;
  const ResponseVariant& variant = answer.variants[index];
  const Contract& contract = catalogue.contract;
  std::string subject = answer.variants.size() > 1 ? answer.name + "[" + name_of_variant() + "]" : answer.name;
  std::string owner = users.size() == 1 ? users.front()->name : contract.api;

  std::string name_of_variant() const {
    std::string name;
    for (const auto& [one, value] : variant.when_switch) name += (name.empty() ? "" : ",") + as_text(value);
    return name.empty() ? std::to_string(index) : name;
  }

  std::optional<int> right_status() const {
    if (variant.status.is_number_integer()) return variant.status.get<int>();
    const Switch* found = contract.find_switch(variant.status.value("switch", ""));
    return found != nullptr && found->documented.is_number_integer() ? std::optional(found->documented.get<int>()) : std::nullopt;
  }

  Mutant& add(const std::string& of, const char* kind, const std::string& on, const std::string& what, Kind mutation, Json value = {}) {
    std::vector<std::string> hints = {of + " -> " + answer.name};
    for (const Operation* user : users) {
      if (of == contract.api) hints.push_back(user->name + " -> " + answer.name);
    }
    Mutant& mutant = catalogue.add(of, kind, on, answer.name + ": " + what, variant.fact, std::move(hints), mutation, std::move(value));
    mutant.mutation.where = {where({})};
    return mutant;
  }

  Mutation::Where where(std::string member) const {
    return {
        .answer = answer.name, .variant = answer.variants.size() > 1 ? std::optional(index) : std::nullopt, .member = std::move(member)};
  }

  void status() {
    const auto right = right_status();
    if (!right) return;
    const auto add_status = [&](const std::string& of, const char* kind, int wrong) {
      add(of, kind, subject, "status " + std::to_string(wrong) + " instead of " + std::to_string(*right), Kind::status, wrong);
    };
    add_status(owner, "status-off", neighbour(*right));
    // A mutant of one operation must be detected by a scenario of that operation.
    for (const Operation* user : users) {
      if (!is_in_batch(*user)) add_status(user->name, "status-other-class", other_class(*right));
    }
    // A status that only batches or no operation has is wrong for the whole API.
    if (std::ranges::all_of(users, [](const Operation* user) { return is_in_batch(*user); }))
      add_status(contract.api, "status-other-class", other_class(*right));
  }

  void head() {
    const std::string reason = variant.reason.is_string() ? variant.reason.get<std::string>() : std::string();
    const auto right = right_status();
    if (variant.reason.is_object() || (!reason.empty() && (!right || reason != registered_reason(*right))))
      add(owner, "reason-wrong", subject, "another reason phrase, also in the body", Kind::reason, "Sorry");
    for (const auto& [name, value] : variant.headers.items())
      add(owner, "header-missing", subject + "/" + name, "header " + name + " is missing", Kind::header_missing).mutation.name = name;
  }

  void whole_body() {
    if (!variant.body) return;
    add(owner, "content-type-wrong", subject, "the Content-Type of a JSON body is text/html", Kind::content_type, "text/html");
    add(owner, "content-type-missing", subject, "there is no Content-Type", Kind::content_type);
    add(owner, "body-empty", subject, "the body is empty", Kind::body, "");
    add(owner, "body-null", subject, "the body is null", Kind::body, "null");
    add(owner, "body-html", subject, "the body is an HTML page", Kind::body, "<html><body>Sorry</body></html>").mutation.name = "text/html";
    add(owner, "body-wrapped", subject, "the body is wrapped in a member 'data'", Kind::wrapped);
    add(owner, "body-truncated", subject, "the second half of the body is missing", Kind::cut_short);
    add(owner, "body-cut-off", subject, "the connection ends in the middle of the body", Kind::cut_off);
  }

  void id() {
    if (variant.id)
      add(owner, "id-wrong", subject, "the id is not the id of the record", Kind::member_other).mutation.where = {where(*variant.id)};
  }
};

// --- members ------------------------------------------------------------------------------------------------------------------
// A statement about a member: answers with the same schema share it, so it is mutated in all of them.
struct Statement {
  SchemaMember member;
  std::string subject;  // Product/title for a named schema, answer/pattern for others
  std::vector<Mutation::Where> where;
  std::vector<std::string> hints;
  std::vector<const Fact*> facts;  // of the answers
};

std::string subject_of(const SchemaMember& member, const ResponseDefinition& answer) {
  constexpr std::string_view kNamed = "/components/schemas/";
  if (!member.place.starts_with(kNamed)) return answer.name + member.pattern;
  std::string subject;
  for (const std::string& token : split_pointer(member.place.substr(kNamed.size() - 1))) {
    if (token == "properties" || token == "allOf") continue;
    subject += (subject.empty() ? "" : "/") + (token == "items" ? std::string("*") : token);
  }
  return subject;
}

std::vector<Statement> find_statements(const Contract& contract) {
  std::vector<Statement> statements;
  std::map<std::string, std::size_t> by_place;
  for (const auto& [name, answer] : contract.answers) {
    for (std::size_t i = 0; i < answer.variants.size(); ++i) {
      const ResponseVariant& variant = answer.variants[i];
      if (!variant.body || variant.schema.empty()) continue;
      for (SchemaMember& member : find_members(contract, variant.schema, variant.fact)) {
        if (!may_send(*variant.body, split_pointer(member.pattern), 0)) continue;  // the mock never sends it
        const auto [found, is_new] = by_place.try_emplace(member.place, statements.size());
        if (is_new) statements.push_back({.member = member, .subject = subject_of(member, answer)});
        Statement& statement = statements[found->second];
        statement.where.push_back(
            {.answer = name, .variant = answer.variants.size() > 1 ? std::optional(i) : std::nullopt, .member = member.pattern});
        statement.hints.push_back(contract.api + " -> " + name);
        for (const Operation* user : users_of(contract, name)) statement.hints.push_back(user->name + " -> " + name);
        statement.facts.push_back(&variant.fact);
      }
    }
  }
  return statements;
}

void add_member_mutants(Catalogue& catalogue) {
  std::map<std::string, int> taken;
  for (Statement& statement : find_statements(catalogue.contract)) {
    const Json& schema = statement.member.schema;
    // The strongest evidence of the answers.
    const Fact& fact = **std::min_element(statement.facts.begin(), statement.facts.end(),
                                          [](const Fact* left, const Fact* right) { return left->evidence < right->evidence; });
    if (const int before = taken[statement.subject]++; before > 0) statement.subject += "~" + std::to_string(before + 1);
    const auto add = [&](const char* kind, const char* what, Kind mutation, Json value = {}) {
      catalogue
          .add(catalogue.contract.api, kind, statement.subject, statement.subject + " " + what, fact, statement.hints, mutation,
               std::move(value))
          .mutation.where = statement.where;
    };
    add("member-missing", "is missing", Kind::member_missing);
    const bool text = allows(schema, "string");
    const bool number = allows(schema, "number") || allows(schema, "integer");
    if (!text)
      add("member-type-wrong", "is a string", Kind::member_value, "wrong");
    else if (!number)
      add("member-type-wrong", "is a number", Kind::member_value, 4711);
    if (number && !text) add("number-as-text", "is a number in a string", Kind::member_as_text);
    if (!allows(schema, "null")) add("member-null", "is null", Kind::member_value, nullptr);
  }
}

}  // namespace

void add_answer_mutants(Catalogue& catalogue) {
  for (const auto& [name, answer] : catalogue.contract.answers) {
    for (std::size_t i = 0; i < answer.variants.size(); ++i) {
      AnswerMutants mutants{.catalogue = catalogue, .answer = answer, .index = i, .users = users_of(catalogue.contract, name)};
      if (answer.scope == Scope::exchange) {
        mutants.status();
        mutants.head();
        mutants.whole_body();
      }
      mutants.id();
    }
  }
  add_member_mutants(catalogue);
}

void add_batch_mutants(Catalogue& catalogue) {
  const Contract& contract = catalogue.contract;
  if (!contract.batch || contract.operations.empty()) return;
  const Batch& batch = *contract.batch;
  Fact fact = contract.operations.front().fact;
  std::vector<std::string> hints;
  for (const Operation& operation : contract.operations) hints.push_back(operation.name + " -> " + operation.success);
  const auto add = [&](const char* kind, const std::string& subject, std::string what, Kind mutation, std::string name = {},
                       Json value = {}) {
    catalogue.add(contract.api, kind, subject, std::move(what), fact, hints, mutation, std::move(value)).mutation.name = std::move(name);
  };
  add("status-other-class", batch.operation, "the status of a batch is 500", Kind::status, {}, 500);
  add("status-off", batch.operation, "the status of a batch is 201", Kind::status, {}, 201);
  add("content-type-wrong", batch.operation, "the Content-Type of a batch is text/html", Kind::content_type, {}, "text/html");
  add("body-empty", batch.operation, "the body of a batch is empty", Kind::body, {}, "");
  add("body-truncated", batch.operation, "the second half of the body of a batch is missing", Kind::cut_short);
  add("body-cut-off", batch.operation, "the connection ends in the middle of the body of a batch", Kind::cut_off);
  add("body-wrapped", batch.operation, "the answers of a batch are wrapped in a member 'data'", Kind::wrapped);
  add("batch-order-swapped", batch.operation, "the answers of a batch are in reverse order", Kind::elements_reversed);
  add("batch-answer-dropped", batch.operation, "the last answer of a batch is missing", Kind::element_dropped);
  add("batch-bare-element", batch.operation, "a single answer is not in a list", Kind::bare_element);
  const std::string correlation = "/*" + batch.member_correlation;
  add("correlation-missing", batch.operation, "answers do not have " + batch.member_correlation, Kind::member_missing, correlation);
  add("correlation-wrong", batch.operation, "answers have another " + batch.member_correlation + " than their call", Kind::member_other,
      correlation);
  for (const auto& [name, value] : batch.envelope.items()) {
    add("envelope-missing", name, "answers do not have '" + name + "'", Kind::member_missing, "/*/" + name);
    add("envelope-wrong", name, "answers have another value of '" + name + "'", Kind::member_other, "/*/" + name);
  }
  add("member-missing", batch.result_member, "answers do not have '" + batch.result_member + "'", Kind::member_missing,
      "/*/" + batch.result_member);
}

}  // namespace understudy
