// Wrong Sellercloud servers: products, orders, and what every call shares.
#include "tests/broken/bend.h"

namespace broken {

std::vector<Variant> sellercloud_variants() {
  const std::string product = "sellercloud.createProduct", order = "sellercloud.createOrder";
  return {
      // Products.
      {.name = "product_created_201", .operation = product, .code = "status", .where = "200, not 201",
       .description = "a created product is answered with 201", .bend = bend_status(product, "product_created", 201)},
      {.name = "product_without_id", .operation = product, .code = "required", .where = "/ID",
       .description = "the product's metadata lack ID", .bend = drop_member(product, "product_created", "/ID")},
      {.name = "product_id_is_a_counter", .operation = product, .code = "type", .where = "/ID",
       .description = "ID of a product is a number, not its SKU", .bend = bend_member(product, "product_created", "/ID", 77)},
      {.name = "product_without_metadata", .operation = product, .code = "required", .where = "/ProductName",
       .description = "the answer holds the ID alone", .bend = bend_json(product, "product_created", [](Json& body) { body = {{"ID", body["ID"]}}; })},
      {.name = "product_name_not_required", .operation = product, .code = "status", .where = "500, not 200",
       .description = "a product without ProductName is created", .forgets = {"required:/ProductName"}},
      {.name = "product_sku_not_unique", .operation = product, .code = "status", .where = "500, not 200",
       .description = "a second product with the same SKU is created", .forgets = {"product_sku_unique"}},
      {.name = "product_company_zero", .operation = product, .code = "status", .where = "500, not 200",
       .description = "CompanyId 0 is accepted", .forgets = {"product_company_positive"}},
      {.name = "product_wrong_type_accepted", .operation = product, .code = "status", .where = "500, not 200",
       .description = "SiteCost that is no number is dropped silently", .forgets = {"type:/SiteCost"}},
      {.name = "product_upc_not_assigned", .operation = product, .code = "required", .where = "/UPC",
       .description = "AutoAssignUPC assigns no UPC", .forgets = {"upc_assigned"}},
      {.name = "product_error_as_html", .operation = product, .code = "content-type", .where = "application/json, not text/html",
       .description = "an unreadable body is answered with an HTML page", .bend = bend_answer(product, "body_not_readable", [](Answer& answer) {
         answer.content_type = "text/html";
         answer.body = "<html><body><h1>Server Error</h1></body></html>";
       })},
      {.name = "product_error_as_object", .operation = product, .code = "type", .where = "",
       .description = "a refusal's sentence comes in an object, not as a JSON string",
       .bend = bend_json(product, "product_already_exists", [](Json& body) { body = {{"Message", body}}; })},
      {.name = "product_duplicate_unexplained", .operation = product, .code = "$regex", .where = "",
       .description = "the refusal of a duplicate does not say `already exists`", .bend = bend_member(product, "product_already_exists", "", "Product could not be saved.")},
      {.name = "malformed_json_is_400", .operation = product, .code = "status", .where = "500, not 400",
       .description = "malformed JSON is answered with 400", .bend = bend_status(product, "body_not_readable", 400)},
      {.name = "product_body_truncated", .operation = product, .code = "transport", .where = "",
       .description = "Content-Length promises more than is sent", .bend = bend_answer(product, "product_created", [](Answer& answer) { answer.withheld_bytes = 20; })},
      {.name = "product_answer_not_json", .operation = product, .code = "json", .where = "",
       .description = "a created product is answered with text that is no JSON", .bend = bend_answer(product, "product_created", [](Answer& answer) { answer.body = "created"; })},
      {.name = "product_answer_empty", .operation = product, .code = "json", .where = "",
       .description = "a created product is answered with an empty body", .bend = bend_answer(product, "product_created", [](Answer& answer) { answer.body.clear(); })},

      // Who may call, and how requests are read.
      {.name = "token_ignored", .operation = product, .code = "status", .where = "401, not 200",
       .description = "calls without a valid token are served", .forgets = {"token_checked"}},
      {.name = "unauthorized_403", .operation = product, .code = "status", .where = "401, not 403",
       .description = "a missing token is answered with 403", .bend = bend_status(product, "not_valid_token", 403)},
      {.name = "unauthorized_as_text", .operation = product, .code = "content-type", .where = "application/json, not text/plain",
       .description = "the 401 is plain text", .bend = bend_answer(product, "not_valid_token", [](Answer& answer) {
         answer.content_type = "text/plain";
         answer.body = "Not Valid Token";
       })},
      {.name = "unauthorized_in_other_words", .operation = product, .code = "reason", .where = "Not Valid Token",
       .description = "neither reason nor body of the 401 say `Not Valid Token`",
       .bend = bend_member(product, "not_valid_token", "/Message", "Authorization has been denied for this request.")},
      {.name = "names_case_sensitive", .operation = product, .code = "status", .where = "200, not 500",
       .description = "member names in another case are not recognised", .forgets = {"names_ignore_case"}},
      {.name = "numeric_strings_refused", .operation = product, .code = "status", .where = "200, not 500",
       .description = "\"163\" is no CompanyId", .forgets = {"numbers_from_strings"}},
      {.name = "paths_case_sensitive", .operation = product, .code = "status", .where = "200, not 404",
       .description = "/rest/api/products is not found", .forgets = {"paths_ignore_case"}},
      {.name = "method_not_allowed_without_allow", .operation = product, .code = "header", .where = "Allow",
       .description = "the 405 lacks Allow", .bend = [](const Request&, Answer& answer) { if (answer.status == 405) answer.headers.clear(); }},

      // Orders.
      {.name = "order_id_is_a_string", .operation = order, .code = "type", .where = "/ID",
       .description = "ID of an order is a string", .bend = bend_json(order, "order_created", [](Json& body) { body["ID"] = body["ID"].dump(); })},
      {.name = "order_without_details", .operation = order, .code = "required", .where = "/OrderDetails",
       .description = "the order's metadata lack OrderDetails", .bend = drop_member(order, "order_created", "/OrderDetails")},
      {.name = "order_channel_as_number", .operation = order, .code = "enum", .where = "/OrderDetails/Channel",
       .description = "Channel comes back as a number", .bend = bend_member(order, "order_created", "/OrderDetails/Channel", 0)},
      {.name = "order_source_not_unique", .operation = order, .code = "status", .where = "500, not 200",
       .description = "a second order with the same OrderSourceOrderID is created", .forgets = {"order_source_unique"}},
      {.name = "order_empty_source_taken", .operation = order, .code = "status", .where = "200, not 500",
       .description = "a second order without OrderSourceOrderID is refused", .forgets = {"empty_source_id_is_free"}},
      {.name = "order_email_not_required", .operation = order, .code = "status", .where = "500, not 200",
       .description = "an order without the customer's Email is created", .forgets = {"required:/CustomerDetails/Email"}},
      {.name = "order_customer_may_be_empty", .operation = order, .code = "status", .where = "500, not 200",
       .description = "an empty LastName is accepted", .forgets = {"customer_not_empty"}},
      {.name = "order_channel_not_required", .operation = order, .code = "status", .where = "500, not 200",
       .description = "an order without Channel is created", .forgets = {"required:/OrderDetails/Channel"}},
      {.name = "order_channel_unchecked", .operation = order, .code = "status", .where = "500, not 200",
       .description = "any Channel is accepted", .forgets = {"choice:/OrderDetails/Channel"}},
      {.name = "order_duplicate_is_400", .operation = order, .code = "status", .where = "500, not 400",
       .description = "a duplicate order is answered with 400", .bend = bend_status(order, "order_already_exists", 400)},
      {.name = "order_not_kept", .operation = "sellercloud.getOrder", .code = "status", .where = "200, not 404",
       .description = "a created order cannot be read back", .forgets = {"orders_are_kept"}},
      {.name = "order_not_deleted", .operation = "sellercloud.deleteOrder", .code = "status", .where = "404, not 200",
       .description = "a deleted order can still be read", .forgets = {"orders_are_deleted"}},
      {.name = "order_read_under_create_names", .operation = "sellercloud.getOrder", .code = "required", .where = "/OrderDetails/CompanyId",
       .description = "the read model spells CompanyId as the create model does", .bend = bend_json("sellercloud.getOrder", "order_found", [](Json& body) {
         body["OrderDetails"]["CompanyID"] = body["OrderDetails"]["CompanyId"];
         body["OrderDetails"].erase("CompanyId");
       })},
  };
}

}  // namespace broken
