// The keys of a store's indexes: texts that are equal exactly when the values are.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/model/rules.h"

namespace understudy {

// The first pointer of an index that compares values as has_members() does: 5 equals "5", and null an absent member.
inline constexpr const char* kAsText = "";

std::string text_key(const Json* value);  // of one value in such an index; null: absent
std::string index_key(const KeyValues& values);
std::string index_key(const Json& record, const std::vector<std::string>& pointers);

}  // namespace understudy
