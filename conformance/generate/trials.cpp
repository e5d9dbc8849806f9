#include "conformance/generate/trials.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/number.h"

namespace understudy {
namespace {

Trial removed(std::string topic, Standing standing = Standing::forbidden) {
  return {std::move(topic), "absent", Json(Json::value_t::discarded), standing};
}
Trial given(std::string topic, Json value, Standing standing = Standing::forbidden) {
  std::string says = fmt::format("is {}", describe(value, 40));
  return {std::move(topic), std::move(says), std::move(value), standing};
}

bool has_type(const Json& schema, std::string_view type) {
  const auto found = schema.find("type");
  if (found == schema.end()) return false;
  if (found->is_string()) return found->get_ref<const std::string&>() == type;
  return std::ranges::any_of(*found, [&](const Json& one) { return one == type; });
}

// Of an optional member correct servers may ignore what they cannot read.
void add_wrong_types(const Json& schema, bool required, std::vector<Trial>& trials) {
  if (!schema.contains("type")) return;
  const bool is_number = has_type(schema, "number") || has_type(schema, "integer");
  const bool is_structured = has_type(schema, "object") || has_type(schema, "array");
  const Standing wrong = required ? Standing::forbidden : Standing::unsure;
  const Standing scalar = is_structured ? wrong : Standing::unsure;
  if (!has_type(schema, "null")) trials.push_back(given("type", nullptr, Standing::unsure));
  if (!has_type(schema, "object")) trials.push_back(given("type", Json::object({{"unexpected", 1}}), wrong));
  if (!has_type(schema, "array")) trials.push_back(given("type", Json::array({"unexpected"}), wrong));
  if (!has_type(schema, "boolean")) trials.push_back(given("type", true, scalar));
  if (!has_type(schema, "string")) trials.push_back(given("type", "unexpected", wrong));
  if (!is_number) trials.push_back(given("type", 12, scalar));
  if (has_type(schema, "integer") && !has_type(schema, "number")) trials.push_back(given("type", 1.5, Standing::unsure));
}

// A bound is tried below, at and above. The nearest value of an integer is 1 away, of another number 0.5.
void add_bounds(const Json& schema, std::vector<Trial>& trials) {
  const auto number = [&](const char* word) -> const Json* {
    const auto found = schema.find(word);
    return found != schema.end() && is_number(*found) ? &*found : nullptr;
  };
  const bool whole = has_type(schema, "integer");
  const auto near = [&](const Json& bound, int steps) {
    return whole ? Json(bound.get<std::int64_t>() + steps) : Json(bound.get<double>() + steps * 0.5);
  };
  if (const Json* bound = number("minimum")) {
    trials.push_back(given("bound", near(*bound, -1)));
    trials.push_back(given("bound", *bound, Standing::permitted));
    trials.push_back(given("bound", near(*bound, 1), Standing::permitted));
  }
  if (const Json* bound = number("maximum")) {
    trials.push_back(given("bound", near(*bound, -1), Standing::permitted));
    trials.push_back(given("bound", *bound, Standing::permitted));
    trials.push_back(given("bound", near(*bound, 1)));
  }
  for (const auto& [word, direction] : {std::pair("exclusiveMinimum", 1), std::pair("exclusiveMaximum", -1)}) {
    if (const Json* bound = number(word)) {
      trials.push_back(given("bound", near(*bound, -direction)));
      trials.push_back(given("bound", *bound));
      trials.push_back(given("bound", near(*bound, direction), Standing::permitted));
    }
  }
}

void add_lengths(const Json& schema, std::vector<Trial>& trials) {
  constexpr std::uint64_t kLongest = 10'000;
  const auto text = [&](std::uint64_t length, Standing standing) {
    trials.push_back({"bound", fmt::format("of {} characters", length), Json(std::string(length, 'x')), standing});
  };
  const bool is_free = !schema.contains("pattern") && !schema.contains("format");
  const Standing fits = is_free ? Standing::permitted : Standing::forbidden;
  if (const auto found = schema.find("minLength"); found != schema.end() && found->is_number_unsigned()) {
    const auto least = found->get<std::uint64_t>();
    if (least > 0 && least <= kLongest) {
      text(least - 1, least == 1 ? Standing::unsure : Standing::forbidden);
      text(least, fits);
    }
  }
  if (const auto found = schema.find("maxLength"); found != schema.end() && found->is_number_unsigned()) {
    const auto most = found->get<std::uint64_t>();
    if (most <= kLongest) {
      text(most, fits);
      text(most + 1, Standing::forbidden);
    }
  }
  if (!is_free) trials.push_back(given("format", "not of this form"));
}

void add_enumeration(const Json& schema, std::vector<Trial>& trials) {
  constexpr std::size_t kMost = 8;
  const auto values = schema.find("enum");
  if (values == schema.end() || !values->is_array()) return;
  for (std::size_t i = 0; i < std::min(values->size(), kMost); ++i)
    trials.push_back(given("enumeration", (*values)[i], Standing::permitted));
  const bool of_texts = std::ranges::any_of(*values, [](const Json& value) { return value.is_string(); });
  trials.push_back(given("enumeration", of_texts ? Json("NoSuchValue") : Json(987654)));
}

}  // namespace

Known Trial::known(Evidence statement) const {
  if (standing == Standing::permitted) return {.accepted = statement};
  if (standing == Standing::unsure) return {.refused = Evidence::assumed};
  return {};
}

std::vector<Trial> trials_of_rule(const Row& row) {
  const auto number = [&](int steps) {
    return row.argument.is_number_integer() ? Json(row.argument.get<std::int64_t>() + steps)
                                            : Json(row.argument.get<double>() + steps * 0.5);
  };
  switch (row.verb) {
    case Verb::required: return {removed("rule"), given("rule", nullptr), given("rule", ""), given("rule", "  ", Standing::unsure)};
    case Verb::forbidden: return {given("rule", 1), given("rule", "unexpected"), removed("rule", Standing::permitted)};
    case Verb::more_than:
      if (!is_number(row.argument)) return {};
      return {given("rule", number(-1)), given("rule", row.argument), given("rule", number(1), Standing::permitted)};
    case Verb::at_least:
      if (!is_number(row.argument)) return {};
      return {given("rule", number(-1)), given("rule", row.argument, Standing::permitted), given("rule", number(1), Standing::permitted)};
    case Verb::items_at_least: return {given("rule", Json::array()), removed("rule")};
    case Verb::format: return {given("rule", "not of this form"), given("rule", "")};
    case Verb::exists_in: return {given("rule", 987654321, Standing::unsure), given("rule", "unknown-987654321")};
    case Verb::ignored:
    case Verb::unique_in:
    case Verb::becomes: return {};
  }
  return {};
}

std::vector<Trial> trials_of_schema(const Json& schema, bool required) {
  std::vector<Trial> trials;
  if (required) {
    trials.push_back(removed("required"));
    if (has_type(schema, "string")) trials.push_back(given("required", "", Standing::unsure));
  } else {
    trials.push_back(removed("optional", Standing::unsure));
  }
  add_enumeration(schema, trials);
  add_bounds(schema, trials);
  add_lengths(schema, trials);
  add_wrong_types(schema, required, trials);
  return trials;
}

}  // namespace understudy
