// What the values of recorded messages are, by their names and looks: whether another run has other ones.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

// id, order_id, OrderID, uuid, token, number, reference, sku, cursor. Not: paid, valid, number_of_items.
bool is_id_name(std::string_view name);
// A UUID, a time, or a long text of letters and digits that a machine drew.
bool is_generated(std::string_view text);
bool is_time(std::string_view text);
// What a client chooses and a server wants only once: email, sku, username, slug, reference, order_number.
bool is_unique_name(std::string_view name);
// What a server counts or measures: total, count, page, took, expires_in, updated_at as a number.
bool is_measured_name(std::string_view name);
// order_id for OrderID and order-id.
std::string snake_name(std::string_view name);

// A value without members, with its pointer and the name of the nearest member above it.
using VisitLeaf = std::function<void(const std::string& pointer, const std::string& name, const Json& leaf)>;
void visit_leaves(const Json& value, const VisitLeaf& visit, const std::string& pointer = {}, const std::string& name = {});

}  // namespace understudy
