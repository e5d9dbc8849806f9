// Owns the fields of what Sellercloud takes. Names and types: the vendor's articles and its published swagger.
#pragma once

#include <span>

#include "tests/reference/model.h"

namespace reference {

const Model& credentials_model();
const Model& product_model();
const Model& order_model();
const Model& purchase_order_model();
const Model& order_update_model();
const Model& order_status_model();  // its status alone: the list of numbers is no list of objects
const Model& new_items_model();     // the list that is the body, as a member Items
const Model& new_note_model();
const Model& customer_create_model();

int number_of(std::span<const Choice> choices, std::string_view name);  // what a read-back shows for a name; -1 if unknown
std::span<const Choice> channels();
std::span<const Choice> note_categories();
std::span<const Choice> purchase_order_types();
std::span<const Choice> discount_types();

}  // namespace reference
