// Reads the bodies of forms: urlencoded, and multipart/form-data.
#pragma once

#include <string_view>

#include "contracts/src/model/contract.h"

namespace understudy {

inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded", kMultipartType = "multipart/form-data";

// The fields as an object, typed by the schema of the operation's body: a[b]=1 is {"a": {"b": 1}}, a[]=1 and repeated names are lists where
// the schema says so. The time is linear in the body.
Json read_form(const Contract& contract, const Operation& operation, std::string_view content_type, std::string_view body);

// Whether the schema's `type` is this word, or has it in its list. Null: it has none.
bool has_type(const Json* schema, std::string_view word);

}  // namespace understudy
