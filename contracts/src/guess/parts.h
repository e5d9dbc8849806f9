// The parts of a guess that need no resources. Used by this folder only.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/guess/resources.h"

namespace understudy {

inline constexpr const char* kHidden = "x-path";  // member of a record with the parameters of the path it was created at
inline constexpr const char* kHiddenId = "x-id";  // the id of a record that only its path names

std::string text_member(const Json& object, const char* name);      // empty: it is no text
std::string braced(std::string_view first, std::string_view name);  // {{path.id}}; a name with a dot in brackets
Json schema_reference(const std::string& pointer);                  // {$ref: "#/..."}
Json wrap(const std::vector<std::string>& path, Json value);        // the value in a body of this form: {"data": value}

// `credentials` of rules.yaml by the security schemes of the shape; `words` gets a word for each scheme, for people. `issuer`: the
// operation that issues tokens; may be empty.
Json guess_credentials(const Json& shape, const std::string& issuer, std::vector<std::string>& words);
// Makes the token endpoints of OAuth flows operations of the shape. Returns the first one's id; empty: there is none.
std::string add_token_operations(Json& shape);

// Whether the query parameter pages a list; then `page` (as in rules.yaml) gets it. `word`: plain_word(name).
bool add_paging(const std::string& name, const std::string& word, const Json* schema, Json& page);
// One way to page counts: cursors before offsets before numbers. The other parameters are ignored.
void finish_paging(Json& page, Json& ignored);

// The sentence of a refusal: a template.
Json refusal_message(int status);
// The body of a refusal: sentence and status where its schema has a place for them; null: nowhere.
Json error_body(const SchemaIndex& schemas, const std::string& schema, int status, int depth = 0);

}  // namespace understudy
