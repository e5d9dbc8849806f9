// Owns the fields of what Sellercloud takes. Names and types: the vendor's articles and its published swagger.
#pragma once

#include <cstdint>
#include <span>

#include "tests/reference/model.h"

namespace reference {

const Model& credentials_model();
const Model& product_model();
const Model& order_model();
const Model& purchase_order_model();
const Model& order_change_model();
const Model& new_items_model();  // of {"Items": [...]}
const Model& new_note_model();
const Model& new_customer_model();

int number_of(std::span<const Choice> choices, std::string_view name);  // what a read-back shows for a name; -1 if unknown
std::span<const Choice> channels();
std::span<const Choice> purchase_order_types();
std::span<const Choice> discount_types();
std::span<const Choice> note_categories();
bool is_order_status(std::int64_t code);

}  // namespace reference
