// Owns how Sellercloud reads the query of a list, and its pages: names in any case, with `model.` in front or without, several
// values by commas or by repeating the name; 10 records on a page if nothing is said, never more than 50.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/reference/http.h"

namespace reference {

using Words = std::vector<std::string>;

Words query_words(const Request& request, std::string_view name);  // none if the name is not there
std::optional<std::string> query_text(const Request& request, std::string_view name);

// Whether a filter lets a record pass; one that was not sent lets all pass. Case is ignored.
bool is_among(const Words& wanted, std::string_view value);
bool is_among(const Words& wanted, std::int64_t value);
bool holds(std::string_view text, const std::optional<std::string>& part);

// The page that the query asks for, of records in the order given.
Answer answer_page(std::string name, const Request& request, const std::vector<Json>& found);

}  // namespace reference
