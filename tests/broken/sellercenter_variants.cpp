// Wrong shops, seen from Seller Center.
#include <algorithm>

#include "tests/broken/edit.h"

namespace broken {
namespace {

constexpr const char* kOperation = "sellercenter.createProducts";

Edit edit_elements(const std::string& named, std::function<void(Json&)> edit) {
  return edit_json(kOperation, named, [edit = std::move(edit)](Json& body) {
    for (Json& element : body) edit(element);
  });
}

Edit edit_results(std::function<void(Json&)> edit) {
  return edit_elements("performed", [edit = std::move(edit)](Json& element) {
    if (element.contains("result")) edit(element["result"]);
  });
}

Edit edit_products(std::function<void(Json&)> edit) {
  return edit_results([edit = std::move(edit)](Json& result) {
    for (Json& entry : result) {
      if (entry["status"] == "success") edit(entry["product"]);
    }
  });
}

bool is_failure(const Json& entry) { return entry["status"] == "failure"; }

}  // namespace

std::vector<Variant> seller_center_variants() {
  return {
      // The envelope.
      {.name = "auth_has_its_own_element",
       .operation = kOperation,
       .code = "elements",
       .where = "",
       .description = "the login is answered with an element",
       .edit = edit_json(kOperation, "performed",
                         [](Json& body) {
                           body.insert(body.begin(), Json{{"api", 1}, {"result", true}, {"id", 1}});
                         })},
      {.name = "answer_not_a_list",
       .operation = kOperation,
       .code = "elements",
       .where = "",
       .description = "the element comes without its list",
       .edit = edit_json(kOperation, "performed",
                         [](Json& body) {
                           if (body.size() == 1) body = Json(body[0]);
                         })},
      {.name = "id_not_echoed",
       .operation = kOperation,
       .code = "id",
       .where = "/id",
       .description = "the call's id is not repeated",
       .edit = edit_elements("performed", [](Json& element) { element["id"] = 999999; })},
      {.name = "api_as_string",
       .operation = kOperation,
       .code = "envelope",
       .where = "/api",
       .description = "api is \"1\"",
       .edit = edit_elements("performed", [](Json& element) { element["api"] = "1"; })},
      {.name = "wrong_login_is_http_401",
       .operation = kOperation,
       .code = "status",
       .where = "200, not 401",
       .description = "wrong credentials are answered with HTTP 401",
       .edit = edit_status(kOperation, "not_authorized", 401)},
      {.name = "wrong_login_accepted",
       .operation = kOperation,
       .code = "answer",
       .where = "",
       .description = "a wrong password is accepted",
       .forgets = {"login_checked"}},
      {.name = "no_login_accepted",
       .operation = kOperation,
       .code = "answer",
       .where = "",
       .description = "calls without a login are performed",
       .forgets = {"login_needed"},
       .shared = true},
      {.name = "login_may_come_second",
       .operation = kOperation,
       .code = "answer",
       .where = "",
       .description = "a login after the call is accepted",
       .forgets = {"login_first"}},
      {.name = "wrong_login_code",
       .operation = kOperation,
       .code = "const",
       .where = "/error/code",
       .description = "the error code of a wrong login is 401",
       .edit = edit_elements("not_authorized", [](Json& element) { element["error"]["code"] = 401; })},
      {.name = "malformed_json_is_http_400",
       .operation = kOperation,
       .code = "status",
       .where = "200, not 400",
       .description = "malformed JSON is answered with HTTP 400",
       .edit = edit_status(kOperation, "not_json_rpc", 400)},
      {.name = "unknown_method_has_a_result",
       .operation = kOperation,
       .code = "answer",
       .where = "",
       .description = "an unknown method is answered with an empty result",
       .edit = edit_elements("performed",
                             [](Json& element) {
                               if (!element.contains("error") || element["error"]["code"] != -32601) return;
                               element.erase("error");
                               element["result"] = Json::array();
                             })},

      // Results.
      {.name = "results_reversed",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "results come in another order than the items",
       .edit = edit_results([](Json& result) { std::reverse(result.begin(), result.end()); })},
      {.name = "failed_items_dropped",
       .operation = kOperation,
       .code = "items",
       .where = "/result",
       .description = "failed items have no result",
       .edit = edit_results([](Json& result) {
         Json kept = Json::array();
         for (const Json& entry : result) {
           if (!is_failure(entry)) kept.push_back(entry);
         }
         result = std::move(kept);
       })},
      {.name = "one_failure_fails_all",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "when one item fails, all are reported as failed",
       .edit = edit_results([](Json& result) {
         const auto failed = std::find_if(result.begin(), result.end(), is_failure);
         if (failed == result.end()) return;
         const Json entry = *failed;
         for (Json& other : result) other = entry;
       })},
      {.name = "attribute_set_not_required",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "a product without attribute_set is created",
       .forgets = {"attribute_set_needed"}},
      {.name = "attribute_set_in_other_words",
       .operation = kOperation,
       .code = "match.value",
       .where = "/result/0/error/message",
       .description = "the message about a missing attribute_set is another one",
       .edit = edit_results([](Json& result) {
         for (Json& entry : result) {
           if (is_failure(entry) && entry["error"]["message"] == "No attribute set specified")
             entry["error"]["message"] = "attribute_set is required";
         }
       })},
      {.name = "error_code_is_a_string",
       .operation = kOperation,
       .code = "type",
       .where = "/result/0/error/code",
       .description = "code of a failure is \"0\"",
       .edit = edit_results([](Json& result) {
         for (Json& entry : result) {
           if (is_failure(entry)) entry["error"]["code"] = "0";
         }
       })},
      {.name = "special_dates_not_required",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "a special price without dates is accepted",
       .forgets = {"special_dates_needed"}},
      {.name = "seller_sku_not_unique",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "the same seller_sku is created twice",
       .forgets = {"seller_sku_unique"}},
      {.name = "approval_status_unchecked",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "any approval_status is accepted",
       .forgets = {"item:approval_status"}},
      {.name = "set_is_not_grouped",
       .operation = kOperation,
       .code = "match.value",
       .where = "/result/2/product/config_id",
       .description = "variations of one product_set get different config_ids",
       .forgets = {"set_is_one_group"}},
      {.name = "redelivery_done_twice",
       .operation = kOperation,
       .code = "answer",
       .where = "/result/0",
       .description = "a call that is delivered again fails on its own products",
       .forgets = {"redelivery_repeats"}},
      {.name = "redelivery_creates_twice",
       .operation = kOperation,
       .code = "match.value",
       .where = "/result/0/product/id",
       .description = "a call that is delivered again creates its products a second time",
       .forgets = {"redelivery_repeats", "seller_sku_unique"}},

      // Created products.
      {.name = "sku_without_id",
       .operation = kOperation,
       .code = "match.regex",
       .where = "/result/0/product/sku",
       .description = "sku does not end in -id",
       .forgets = {"sku_ends_in_id"}},
      {.name = "ids_are_numbers",
       .operation = kOperation,
       .code = "type",
       .where = "/result/0/product/id",
       .description = "id is a number",
       .edit = edit_products([](Json& product) { product["id"] = 468012; })},
      {.name = "config_id_missing",
       .operation = kOperation,
       .code = "required",
       .where = "/result/0/product/config_id",
       .description = "config_id is missing",
       .edit = edit_products([](Json& product) { product.erase("config_id"); })},
      {.name = "seller_sku_not_echoed",
       .operation = kOperation,
       .code = "match.value",
       .where = "/result/0/product/seller_sku",
       .description = "seller_sku is not the seller's",
       .edit = edit_products([](Json& product) { product["seller_sku"] = product["sku"]; })},
      {.name = "updated_at_in_iso_form",
       .operation = kOperation,
       .code = "pattern",
       .where = "/result/0/product/updated_at",
       .description = "updated_at has a T between date and time",
       .edit = edit_products([](Json& product) {
         std::string text = product["updated_at"].get<std::string>();
         std::replace(text.begin(), text.end(), ' ', 'T');
         product["updated_at"] = text;
       })},
  };
}

}  // namespace broken
