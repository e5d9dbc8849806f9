// Owns how a named answer becomes a response: which variant the profile picks, and its templates filled from a context.
// Pure; the engine sends the result, the checker judges by the same variants.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "contracts/src/contract.h"
#include "contracts/src/http.h"

namespace understudy {

// The first variant whose switches all hold; every answer has one for each profile (the loader checks).
const AnswerVariant& pick_variant(const Answer& answer, const Switches& switches);
int status_of(const AnswerVariant& variant, const Switches& switches);
std::string reason_of(const AnswerVariant& variant, const Switches& switches);  // empty: the registered phrase

// Fills a template: a string that is just {{path}} keeps the value's type (null if missing), longer strings interpolate;
// {$each: "{{path}}", as: name, body: template} maps a list; {$merge: [a, b]} overlays objects; {$if: "{{path}}", then: a, else: b}
// chooses. Paths are dotted names or indices into the context; a segment may be [quoted] when it holds dots: token.[.issued].
Json fill_template(const Json& pattern, const Json& context);
const Json* find_path(const Json& context, std::string_view path);
// The first part of every path that a template names: record of {{record.ID}}.
std::set<std::string, std::less<>> find_roots(const Json& pattern);
// Problems of a template that can be seen without a context: unbalanced braces, unknown $words.
std::optional<std::string> check_template(const Json& pattern);

// The exchange-scope response of a variant. `context` holds what the templates name (docs/contracts.md lists it).
Response render_answer(const AnswerVariant& variant, const Switches& switches, const Json& context);

}  // namespace understudy
