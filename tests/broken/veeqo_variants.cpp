// Wrong Veeqo servers.
#include "tests/broken/bend.h"

namespace broken {
namespace {

Bend bend_sellables(std::function<void(Json&)> edit) {
  return bend_json("veeqo.createProduct", "product_created", [edit = std::move(edit)](Json& body) {
    for (Json& sellable : body["sellables"]) edit(sellable);
  });
}

}  // namespace

std::vector<Variant> veeqo_variants() {
  const std::string create = "veeqo.createProduct", created = "product_created";
  return {
      {.name = "veeqo_created_200", .operation = create, .code = "status", .where = "201, not 200",
       .description = "a created product is answered with 200", .bend = bend_status(create, created, 200)},
      {.name = "veeqo_margin_is_a_fraction", .operation = create, .code = "value", .where = "/sellables/0/margin",
       .description = "margin is 0.33, not 33.33", .bend = bend_sellables([](Json& sellable) { sellable["margin"] = sellable["margin"].get<double>() / 100; })},
      {.name = "veeqo_profit_is_a_string", .operation = create, .code = "type", .where = "/sellables/0/profit",
       .description = "profit is a string", .bend = bend_sellables([](Json& sellable) { sellable["profit"] = sellable["profit"].dump(); })},
      {.name = "veeqo_full_title_is_the_variants", .operation = create, .code = "value", .where = "/sellables/0/full_title",
       .description = "full_title lacks the product's title", .bend = bend_sellables([](Json& sellable) { sellable["full_title"] = sellable["sellable_title"]; })},
      {.name = "veeqo_without_main_image", .operation = create, .code = "required", .where = "/main_image",
       .description = "main_image is missing", .bend = drop_member(create, created, "/main_image")},
      {.name = "veeqo_main_image_is_the_last", .operation = create, .code = "value", .where = "/main_image_src",
       .description = "main_image_src is not the image with the lowest position",
       .bend = bend_member(create, created, "/main_image_src", "http://example.test/other.png")},
      {.name = "veeqo_sellable_missing", .operation = create, .code = "length", .where = "/sellables",
       .description = "one variant is not among the sellables", .bend = bend_json(create, created, [](Json& body) {
         if (!body["sellables"].empty()) body["sellables"].erase(0);
       })},
      {.name = "veeqo_without_stock_entries", .operation = create, .code = "required", .where = "/sellables/0/stock_entries",
       .description = "stock_entries are missing", .bend = bend_sellables([](Json& sellable) { sellable.erase("stock_entries"); })},
      {.name = "veeqo_weight_unit_echoed", .operation = create, .code = "value", .where = "/sellables/0/weight_unit",
       .description = "weight_unit is the request's kg", .bend = bend_sellables([](Json& sellable) { sellable["weight_unit"] = "kg"; })},
      {.name = "veeqo_estimated_delivery_stays_empty", .operation = create, .code = "type", .where = "/estimated_delivery",
       .description = "estimated_delivery is \"\", not null", .bend = bend_json(create, created, [](Json& body) {
         if (body["estimated_delivery"].is_null()) body["estimated_delivery"] = "";
       })},
      {.name = "veeqo_prices_are_strings", .operation = create, .code = "type", .where = "/sellables/0/price",
       .description = "price is a string", .bend = bend_sellables([](Json& sellable) { sellable["price"] = sellable["price"].dump(); })},
      {.name = "veeqo_sellable_without_product", .operation = create, .code = "required", .where = "/sellables/0/product",
       .description = "a sellable lacks its copy of the product", .bend = bend_sellables([](Json& sellable) { sellable.erase("product"); })},
      {.name = "veeqo_title_not_required", .operation = create, .code = "status", .where = "400, not 201",
       .description = "a product without title is created", .forgets = {"title_required"}},
      {.name = "veeqo_price_not_required", .operation = create, .code = "status", .where = "400, not 201",
       .description = "a variant without price is created", .forgets = {"variant_price_required"}},
      {.name = "veeqo_sku_not_required", .operation = create, .code = "status", .where = "400, not 201",
       .description = "a variant without sku_code is created", .forgets = {"variant_sku_required"}},
      {.name = "veeqo_unwrapped_refused", .operation = create, .code = "status", .where = "201, not 400",
       .description = "a body without the `product` wrapper is refused", .forgets = {"unwrapped_body"}},
      {.name = "veeqo_key_ignored", .operation = create, .code = "status", .where = "401, not 201",
       .description = "calls without a valid key are served", .forgets = {"key_checked"}},
      {.name = "veeqo_unauthorized_403", .operation = create, .code = "status", .where = "401, not 403",
       .description = "a missing key is answered with 403", .bend = bend_status(create, "not_authorized", 403)},
      {.name = "veeqo_unauthorized_spelled_error", .operation = create, .code = "required", .where = "/error_messages",
       .description = "the 401 says `error`, not `error_messages`",
       .bend = bend_json(create, "not_authorized", [](Json& body) { body = {{"error", body["error_messages"]}}; })},
      {.name = "veeqo_invalid_is_422", .operation = create, .code = "status", .where = "400, not 422",
       .description = "an invalid product is answered with 422", .bend = bend_status(create, "body_not_valid", 422)},
      {.name = "veeqo_unknown_product_status_number", .operation = "veeqo.getProduct", .code = "type", .where = "/status",
       .description = "status of an unknown product's 404 is a number", .bend = bend_member("veeqo.getProduct", "record_not_found", "/status", 404)},
  };
}

}  // namespace broken
