// What products and orders of Sellercloud refer to: every account has the same companies, vendors, warehouses, types and terms.
#include "tests/reference/sellercloud_calls.h"
#include "tests/reference/sellercloud_query.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

// A list of one record, found by its number and by its name.
Answer list_one(const SellercloudCall& call, const Json& record, std::string_view ids, std::string_view name, const std::string& names) {
  const bool found = is_among(query_words(call.request, ids), integer_at(record, "ID")) &&
                     is_among(query_words(call.request, names), text_at(record, name));
  return answer_page("listed", call.request, found ? std::vector<Json>{record} : std::vector<Json>{});
}

}  // namespace

Answer list_companies(const SellercloudCall& call) {
  return list_one(call, {{"ID", 163}, {"CompanyName", "Reference"}, {"IsDefaultCompany", true}}, "companyID", "CompanyName", "keyword");
}

Answer list_product_types(const SellercloudCall& call) {
  return list_one(call, {{"ID", 1}, {"ProductTypeName", "General"}, {"CompanyID", 163}, {"CompanyName", "Reference"}, {"IsDefault", true}},
                  "productTypeIds", "ProductTypeName", "typeNames");
}

Answer list_vendors(const SellercloudCall& call) {
  return list_one(call, {{"ID", 1}, {"Name", "Vendor"}, {"Email", "vendor@example.test"}, {"IsDefault", true}}, "vendorIDs", "Name",
                  "names");
}

Answer list_warehouses(const SellercloudCall& call) {
  return list_one(call, {{"ID", 1}, {"Name", "Main"}, {"IsDefault", true}, {"IsSellAble", true}, {"WarehouseType", 0}}, "warehouseIds",
                  "Name", "name");
}

Answer list_payment_terms(const SellercloudCall&) {
  return json_answer("payment_terms_listed", 200, Json::array({{{"Key", 1}, {"Value", "Prepaid"}}, {{"Key", 2}, {"Value", "Net 30"}}}));
}

Answer list_manufacturers(const SellercloudCall& call) {
  const auto company = query_text(call.request, "companyId");
  if (!company || !parse_integer(*company)) return refuse("body_not_readable", "The companyId field is required.");
  return json_answer("manufacturers_listed", 200, Json::array({{{"Key", 1}, {"Value", "Maker"}}}));
}

Answer find_server(const Request& request) {
  const auto team = query_text(request, "team");
  if (!team) return refuse("body_not_readable", "The team field is required.");
  if (!same_word(*team, "demo"))
    return json_answer("team_not_found", 200, {{"Success", false}, {"Message", "Team name not found. Please try again."}});
  return json_answer("server_found", 200, {{"ServerID", "demo"}, {"RestApiEndpoint", "http://127.0.0.1/rest"}});
}

}  // namespace reference
