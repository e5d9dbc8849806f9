// Wrong Sellercloud servers: purchase orders and the token endpoint.
#include "tests/broken/bend.h"

namespace broken {

std::vector<Variant> purchase_order_and_token_variants() {
  const std::string purchase = "sellercloud.createPurchaseOrder", token = "sellercloud.authenticate";
  const std::string accepted = "500, not 200";
  return {
      // Purchase orders.
      {.name = "purchase_order_id_spelled_ID", .operation = purchase, .code = "required", .where = "/Id",
       .description = "the answer is {\"ID\": n}", .bend = bend_json(purchase, "purchase_order_created", [](Json& body) { body = {{"ID", body["Id"]}}; })},
      {.name = "purchase_order_bare_integer", .operation = purchase, .code = "type", .where = "",
       .description = "the answer is the bare number", .bend = bend_json(purchase, "purchase_order_created", [](Json& body) { body = Json(body["Id"]); })},
      {.name = "purchase_order_created_201", .operation = purchase, .code = "status", .where = "200, not 201",
       .description = "a created purchase order is answered with 201", .bend = bend_status(purchase, "purchase_order_created", 201)},
      {.name = "purchase_order_rule_is_400", .operation = purchase, .code = "status", .where = "500, not 400",
       .description = "a broken rule is answered with 400", .bend = bend_status(purchase, "rule_broken", 400)},
      {.name = "purchase_order_zero_quantity", .operation = purchase, .code = "status", .where = accepted,
       .description = "a quantity of 0 is accepted", .forgets = {"quantity_positive"}},
      {.name = "purchase_order_negative_price", .operation = purchase, .code = "status", .where = accepted,
       .description = "a negative price is accepted", .forgets = {"price_not_negative"}},
      {.name = "purchase_order_quantity_not_required", .operation = purchase, .code = "status", .where = accepted,
       .description = "an item without the quantity of its mode is accepted", .forgets = {"mode_field_required"}},
      {.name = "purchase_order_other_mode_accepted", .operation = purchase, .code = "status", .where = accepted,
       .description = "fields of the other quantity mode are accepted", .forgets = {"other_mode_unset"}},
      {.name = "purchase_order_bill_to_accepted", .operation = purchase, .code = "status", .where = accepted,
       .description = "a billing address is accepted although the setting is off", .forgets = {"bill_to_off"}},
      {.name = "purchase_order_country_three_letters", .operation = purchase, .code = "status", .where = accepted,
       .description = "a country of three letters is accepted", .forgets = {"country_two_letters"}},
      {.name = "purchase_order_country_not_required", .operation = purchase, .code = "status", .where = accepted,
       .description = "an address without a country is accepted", .forgets = {"country_required"}},
      {.name = "purchase_order_without_products", .operation = purchase, .code = "status", .where = accepted,
       .description = "an empty list of products is accepted", .forgets = {"products_not_empty"}},
      {.name = "purchase_order_vendor_zero", .operation = purchase, .code = "status", .where = accepted,
       .description = "VendorID 0 is accepted", .forgets = {"vendor_positive"}},
      {.name = "purchase_order_mode_not_required", .operation = purchase, .code = "status", .where = accepted,
       .description = "CaseQtyMode may be left out", .forgets = {"required:/CaseQtyMode"}},
      {.name = "purchase_order_product_id_not_required", .operation = purchase, .code = "status", .where = accepted,
       .description = "an item without ProductID is accepted", .forgets = {"required:/Products/*/ProductID"}},
      {.name = "purchase_order_type_unchecked", .operation = purchase, .code = "status", .where = accepted,
       .description = "any POType is accepted", .forgets = {"choice:/POType"}},
      {.name = "choices_by_name_only", .operation = purchase, .code = "status", .where = "200, not 500",
       .description = "enumerations are not read from numbers", .forgets = {"choices_by_number"}},

      // Tokens.
      {.name = "token_without_expires_in", .operation = token, .code = "required", .where = "/expires_in",
       .description = "the token's lifetime is missing", .bend = drop_member(token, "token_issued", "/expires_in")},
      {.name = "token_expires_in_is_a_string", .operation = token, .code = "type", .where = "/expires_in",
       .description = "expires_in is \"3600\"", .bend = bend_member(token, "token_issued", "/expires_in", "3600")},
      {.name = "token_type_missing", .operation = token, .code = "required", .where = "/token_type",
       .description = "token_type is missing", .bend = drop_member(token, "token_issued", "/token_type")},
      {.name = "token_wrong_password_accepted", .operation = token, .code = "status", .where = "400, not 200",
       .description = "any password gets a token", .forgets = {"credentials_checked"}},
      {.name = "token_bad_credentials_401", .operation = token, .code = "status", .where = "400, not 401",
       .description = "wrong credentials are answered with 401", .bend = bend_status(token, "bad_credentials", 401)},
      {.name = "token_bad_credentials_in_other_words", .operation = token, .code = "const", .where = "/Message",
       .description = "the message about wrong credentials is another one",
       .bend = bend_member(token, "bad_credentials", "/Message", "The user name or password is incorrect.")},
      {.name = "token_form_refused", .operation = token, .code = "status", .where = "200, not 500",
       .description = "a form-encoded login is refused", .forgets = {"token_takes_form"}},
      {.name = "token_only_the_last_lives", .operation = token, .code = "status", .where = "200, not 401",
       .description = "a second login ends the first token", .forgets = {"several_tokens"}},
  };
}

}  // namespace broken
