// Mutants of what an operation does (credentials, writes, reads, lists), and of what the operations of an API share.
#include "contracts/src/model/responses.h"
#include "mock/mutation/catalogue.h"
#include "mock/mutation/visible.h"

namespace understudy {
namespace {

using Kind = Mutation::Kind;

struct OperationMutants {
  Catalogue& catalogue;
  const Operation& operation;
  const Contract& contract = catalogue.contract;
  std::string success = operation.name + " -> " + operation.success;
  Fact shown = shown_fact();  // with the evidence of the success answer

  Fact shown_fact() const {
    Fact fact = operation.fact;
    // The greater evidence is the weaker one.
    fact.evidence = std::max(fact.evidence, fact_of_answer(contract, operation.success, fact).evidence);
    return fact;
  }

  void mutate(const char* kind, std::string what, const Fact& fact, std::string hint, Kind mutation) {
    catalogue.add(operation.name, kind, "", std::move(what), fact, {std::move(hint)}, mutation);
  }
  void edit(const char* kind, const std::string& subject, std::string what, const Fact& fact, std::string hint,
            std::function<void(Operation&)> how) {
    catalogue.add(operation.name, kind, subject, std::move(what), fact, {std::move(hint)}).edit =
        [id = operation.id, how = std::move(how)](Contract& changed) { how(operation_in(changed, id)); };
  }

  void credentials() {
    const auto kind = contract.credentials.kind;
    const bool by_header = kind == Credentials::Kind::bearer_token || kind == Credentials::Kind::api_key;
    const std::string refused = operation.name + " -> " + operation.refusals.credentials;
    const Fact fact = fact_of_answer(contract, operation.refusals.credentials, operation.fact);
    if (by_header && operation.secured && !is_in_batch(operation))
      edit("auth-ignored", "", "no credential is required", fact, refused, [](Operation& one) { one.secured = false; });
    if (by_header && !operation.secured)
      edit("auth-demanded", "", "a credential is required, although none is documented", operation.fact, success,
           [](Operation& one) { one.secured = true; });
    if (operation.perform == Perform::issue_token)
      mutate("password-ignored", "a token is issued for every password",
             fact_of_answer(contract, operation.refusals.bad_credentials, operation.fact),
             operation.name + " -> " + operation.refusals.bad_credentials, Kind::any_password);
  }

  void writes() {
    if (!is_writing(operation)) return;
    Fact lost = shown;
    if (operation.perform == Perform::remove)  // a refusal shows that the record is gone
      lost.evidence = std::max(lost.evidence, fact_of_answer(contract, operation.refusals.record, lost).evidence);
    mutate("write-lost", "the response is a success, but nothing is stored", lost, success, Kind::write_lost);
    catalogue.mutants.back().equivalent = why_nothing_is_stored(contract, operation);
    const ResponseDefinition* answer = contract.find_response(operation.success);
    const bool creates =
        answer != nullptr && !answer->variants.empty() && answer->variants.front().id && operation.perform == Perform::create;
    if (creates) {
      mutate("written-twice", "each record is created twice", shown, success, Kind::written_twice);
      const auto collection = contract.collections.find(operation.collection);
      if (collection != contract.collections.end() && !collection->second.id_from.empty())
        catalogue.mutants.back().equivalent = "the id of a record in " + operation.collection + " is " + collection->second.id_from +
                                              ", which the client sends: the second record replaces the first";
    }
    if (!operation.idempotent_redelivery) return;
    edit("redelivery-runs-again", "", "a redelivered call is performed again", operation.fact, success,
         [](Operation& one) { one.idempotent_redelivery = false; });
    mutate("redelivery-by-id", "another call with the same id is treated as a redelivery", operation.fact, success, Kind::redelivery_by_id);
  }

  void items() {
    if (operation.items.empty()) return;
    mutate("items-reversed", "the entries of a call are in reverse order", shown, success, Kind::items_reversed);
    mutate("item-dropped", "the last entry of a call is missing", shown, success, Kind::item_dropped);
  }

  void reads() {
    if (operation.method != "GET" || is_in_batch(operation)) return;
    mutate("stale-read", "a read repeats its first response, even after a write", shown, success, Kind::stale);
    const bool by_verb = is_performed_by_verb(contract, operation);
    if (by_verb && operation.perform == Perform::read)
      edit("unknown-read", "", "an unknown id is answered with success", fact_of_answer(contract, operation.refusals.record, shown),
           operation.name + " -> " + operation.refusals.record, [](Operation& one) { one.refusals.record = one.success; });
    if (operation.perform != Perform::list) return;
    edit("order-reversed", "", "the list is in reverse order", shown, success,
         [](Operation& one) { one.newest_first = !one.newest_first; });
    for (std::size_t i = 0; i < operation.filters.size(); ++i) {
      const std::string& name = operation.filters[i].parameter;
      edit("filter-ignored", name, "?" + name + "= does not filter", shown, success,
           [i](Operation& one) { one.filters.erase(one.filters.begin() + static_cast<std::ptrdiff_t>(i)); });
      if (operation.filters[i].match == Filter::Match::contains)
        edit("filter-exact", name, "?" + name + "= matches whole values only", shown, success,
             [i](Operation& one) { one.filters[i].match = Filter::Match::equals; });
    }
    if (!operation.paging) return;
    const Paging& paging = *operation.paging;
    edit("page-number-ignored", "", "?" + paging.number + "= is ignored", shown, success,
         [](Operation& one) { one.paging->number.clear(); });
    edit("page-size-ignored", "", "?" + paging.size + "= is ignored", shown, success, [](Operation& one) { one.paging->size.clear(); });
    edit("pages-count-from-next", "", "the number of the first page is " + std::to_string(paging.first - 1), shown, success,
         [](Operation& one) { --one.paging->first; });
    edit("page-size-unlimited", "", "a page may have more records than the maximum", shown, success, [](Operation& one) {
      one.paging->maximum_size = 1'000'000;
      one.paging->maximum_switch.clear();
    });
    edit("default-page-size-off", "", "a page without a requested size has one record more than " + std::to_string(paging.default_size),
         shown, success, [](Operation& one) { ++one.paging->default_size; });
  }

  void parameters() {
    for (std::size_t i = 0; i < operation.parameters.size(); ++i) {
      const Parameter& parameter = operation.parameters[i];
      if (parameter.in != Parameter::In::query) continue;
      const std::string hint = operation.name + "#/" + parameter.name;
      if (parameter.required)
        edit("parameter-not-required", parameter.name, "a request without ?" + parameter.name + "= is accepted", operation.fact,
             hint + "/required", [i](Operation& one) { one.parameters[i].required = false; });
    }
  }

  void media_types() {
    if (!operation.has_body || is_in_batch(operation) || operation.media_types.empty()) return;
    const std::string& refused = operation.refusals.media_type;
    edit("media-type-not-checked", "", "a body of any media type is read as JSON", fact_of_answer(contract, refused, shown),
         operation.name + " -> " + (refused.empty() ? operation.refusals.shape : refused), [](Operation& one) { one.media_types.clear(); });
    for (std::size_t i = 0; operation.media_types.size() > 1 && i < operation.media_types.size(); ++i) {
      edit("media-type-refused", operation.media_types[i], "a body of " + operation.media_types[i] + " is refused", operation.fact, success,
           [i](Operation& one) { one.media_types.erase(one.media_types.begin() + static_cast<std::ptrdiff_t>(i)); });
    }
  }
};

// --- shared by the operations of an API ------------------------------------------------------------------------------------

struct Word {
  const char* name;
  const char* what;
  bool BindingWords::*flag;
};

constexpr Word kWords[] = {
    {"names", "names of members must match in case", &BindingWords::names_ignore_case},
    {"null", "null is not read as an absent member", &BindingWords::null_is_absent},
    {"numbers", "a number in a string is not read as a number", &BindingWords::numbers_from_strings},
    {"booleans", "a boolean in a string is not read as a boolean", &BindingWords::booleans_from_strings},
    {"enums-case", "names of enumeration values must match in case", &BindingWords::enums_ignore_case},
    {"enums-numbers", "the number of an enumeration value is not accepted", &BindingWords::enums_from_numbers},
    {"empty-string", "an empty string is not read as null", &BindingWords::empty_string_is_null},
    {"empty-array", "an empty list is not read as an empty object", &BindingWords::empty_array_is_object},
    {"single", "a single object is not read as a list", &BindingWords::single_is_list},
    {"brackets", "a parameter with brackets, as in a[]=1, is unknown", &BindingWords::brackets_are_lists},
    {"empty-parameter", "a parameter without a value, as in a=, is not read as absent", &BindingWords::empty_parameter_is_absent},
};

void bind_anew(Contract& contract) {
  for (Operation& operation : contract.operations) {
    if (operation.binder != nullptr)
      operation.binder = std::make_shared<const Binder>(contract.document, operation.body_schema, words_for(operation, contract.binding));
  }
}

void add_binding(Catalogue& catalogue, const Fact& fact) {
  const BindingWords& words = catalogue.contract.binding;
  const auto add = [&](const std::string& subject, std::string what, std::function<void(BindingWords&)> how) {
    catalogue.add(catalogue.contract.api, "binding-not-applied", subject, std::move(what), fact).edit =
        [how = std::move(how)](Contract& contract) {
          how(contract.binding);
          bind_anew(contract);
        };
  };
  for (const Word& word : kWords) {
    if (words.*word.flag) add(word.name, word.what, [flag = word.flag](BindingWords& one) { one.*flag = false; });
  }
  if (!words.unwrap.empty())
    add("unwrap", "a body wrapped in '" + words.unwrap + "' is not unwrapped", [](BindingWords& one) { one.unwrap.clear(); });
  for (const auto& [alias, name] : words.aliases)
    add("alias/" + alias, "'" + alias + "' is not read as '" + name + "'",
        [alias = alias](BindingWords& one) { one.aliases.erase(alias); });
}

}  // namespace

void add_operation_mutants(Catalogue& catalogue, const Operation& operation) {
  OperationMutants mutants{.catalogue = catalogue, .operation = operation};
  mutants.credentials();
  mutants.writes();
  mutants.items();
  mutants.reads();
  mutants.parameters();
  mutants.media_types();
}

void add_shared_mutants(Catalogue& catalogue) {
  const Contract& contract = catalogue.contract;
  if (contract.operations.empty()) return;
  Fact fact = contract.operations.front().fact;
  const std::string refused = contract.refusals.credentials;
  const Fact refusal = fact_of_answer(contract, refused, fact);
  const auto mutate = [&](const char* kind, const char* what, Kind mutation) {
    std::vector<std::string> hints = {contract.api + " -> " + refused};
    for (const Operation& operation : contract.operations) hints.push_back(operation.name + " -> " + refused);
    catalogue.add(contract.api, kind, "", what, refusal, std::move(hints), mutation);
  };
  switch (contract.credentials.kind) {
    case Credentials::Kind::bearer_token:
      mutate("credential-not-compared", "every token is accepted", Kind::any_credential);
      mutate("expiry-ignored", "expired tokens are accepted", Kind::no_expiry);
      break;
    case Credentials::Kind::api_key:
      mutate("credential-not-compared", "every key is accepted", Kind::any_credential);
      if (contract.credentials.bearer)
        catalogue.add(catalogue.contract.api, "key-as-bearer-refused", "", "a key in Authorization: Bearer is not accepted", fact).edit =
            [](Contract& one) { one.credentials.bearer = false; };
      break;
    case Credentials::Kind::in_batch:
      mutate("auth-ignored", "calls without a credential are performed", Kind::no_credential);
      mutate("password-ignored", "every password is accepted", Kind::any_password);
      break;
    case Credentials::Kind::none: break;
  }
  add_binding(catalogue, fact);
  if (contract.paths_ignore_case)
    catalogue.add(catalogue.contract.api, "path-case-matters", "", "paths and names of parameters must match in case", fact).edit =
        [](Contract& one) { one.paths_ignore_case = false; };
  if (contract.paths_typed)
    catalogue.add(catalogue.contract.api, "path-types-ignored", "", "a word in a path is read as an id", fact).edit = [](Contract& one) {
      one.paths_typed = false;
    };
  if (!contract.query_prefix.empty())
    catalogue
        .add(catalogue.contract.api, "query-prefix-unknown", "", "parameters with the prefix '" + contract.query_prefix + "' are unknown",
             fact)
        .edit = [](Contract& one) { one.query_prefix.clear(); };
}

}  // namespace understudy
