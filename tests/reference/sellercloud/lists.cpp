// What a Sellercloud account holds besides orders: the catalog, customers, and what orders refer to. The latter cannot be changed
// here, so it is the same for every account.
#include <array>

#include "tests/reference/sellercloud/calls.h"
#include "tests/reference/sellercloud/models.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

Json or_null(const Json& object, const char* name) {
  const Json* member = find_member(object, name);
  return member ? *member : Json(nullptr);
}

Answer page(std::string name, const SellercloudCall& call, const std::vector<Json>& rows) {
  return json_answer(std::move(name), 200, call.query.page(rows));
}

}  // namespace

Answer list_catalog(const SellercloudCall& call) {
  std::vector<Json> rows;
  for (auto at = call.account.products.rbegin(); at != call.account.products.rend(); ++at) {
    const Json& product = *at;
    const bool shown = call.query.admits("sKU", product["ID"]) && call.query.admits("companyID", or_null(product, "CompanyId")) &&
                       call.query.admits("uPC", or_null(product, "UPC")) &&
                       call.query.admits_part("keyword", text_at(product, "ProductName"));
    if (!shown) continue;
    rows.push_back({{"ID", product["ID"]},
                    {"ProductName", or_null(product, "ProductName")},
                    {"CompanyID", or_null(product, "CompanyId")},
                    {"ProductType", or_null(product, "ProductTypeName")},
                    {"UPC", or_null(product, "UPC")},
                    {"SiteCost", or_null(product, "SiteCost")},
                    {"SitePrice", or_null(product, "DefaultPrice")},
                    {"ManufacturerID", or_null(product, "ManufacturerId")}});
  }
  return page("catalog_list", call, rows);
}

// Asked before there is a token, so of no account.
Answer find_server(const Request& request) {
  const Query query(request.query);
  const std::string team = query.text("team");
  if (team.empty()) return refuse("body_not_readable", "The team field is required.");
  if (!same_word(team, "demo"))
    return json_answer("team_not_found", 200, {{"Success", false}, {"Message", "Team name not found. Please try again."}});
  return json_answer("server_found", 200,
                     {{"ServerID", "demo"}, {"RestApiEndpoint", "http://" + std::string(request.header("host")) + "/rest"}});
}

Answer list_product_types(const SellercloudCall& call) {
  return page("product_type_list", call, {{{"ID", 1}, {"ProductTypeName", "General"}, {"CompanyID", 163}, {"IsDefault", true}}});
}

Answer list_companies(const SellercloudCall& call) {
  return page("company_list", call, {{{"ID", 163}, {"CompanyName", "Demo Company"}, {"IsDefaultCompany", true}}});
}

Answer list_vendors(const SellercloudCall& call) {
  return page("vendor_list", call, {{{"ID", 1}, {"Name", "Demo Vendor"}, {"Email", "vendor@example.test"}, {"IsDefault", true}}});
}

Answer list_warehouses(const SellercloudCall& call) {
  return page("warehouse_list", call, {{{"ID", 1}, {"Name", "Main"}, {"IsDefault", true}, {"IsSellAble", true}, {"WarehouseType", 0}}});
}

Answer list_payment_terms(const SellercloudCall&) {
  return json_answer("payment_term_list", 200, Json::array({{{"Key", 1}, {"Value", "Prepaid"}}, {{"Key", 2}, {"Value", "Net 30"}}}));
}

Answer list_manufacturers(const SellercloudCall&) {
  return json_answer("manufacturer_list", 200, Json::array({{{"Key", 1}, {"Value", "Demo Manufacturer"}}}));
}

Answer create_customer(const SellercloudCall& call) {
  const Bound bound = bind(call.body, new_customer_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  if (text_at(bound.body, "FirstName").empty()) return refuse("rule_broken", "The FirstName may not be empty.");
  const std::int64_t id = call.account.next_customer++;
  Json& customer = call.account.customers[id];
  customer = bound.body;
  customer["ID"] = id;
  customer["IsWholeSaleUser"] = true_at(customer, "IsWholeSaleUser") || text_at(customer, "CustomerType") == "WholeSale";
  return json_answer("customer_created", 200, id);
}

Answer list_customers(const SellercloudCall& call) {
  std::vector<Json> rows;
  for (const auto& [id, customer] : call.account.customers) {
    const bool shown = call.query.admits("customerIds", id) && call.query.admits("email", or_null(customer, "Email")) &&
                       call.query.admits("firstName", or_null(customer, "FirstName")) &&
                       call.query.admits("lastName", or_null(customer, "LastName")) &&
                       call.query.admits("companyIds", or_null(customer, "CompanyID"));
    if (!shown) continue;
    rows.push_back({{"UserID", id},
                    {"Email", or_null(customer, "Email")},
                    {"FirstName", or_null(customer, "FirstName")},
                    {"LastName", or_null(customer, "LastName")},
                    {"CorporateName", or_null(customer, "BusinessName")},
                    {"IsWholeSaleUser", customer["IsWholeSaleUser"]}});
  }
  return page("customer_list", call, rows);
}

Answer read_customer(const SellercloudCall& call) {
  const auto found = call.account.customers.find(call.id);
  if (found == call.account.customers.end()) return no_record("Customer", call.id);
  const Json& customer = found->second;
  const std::string last = text_at(customer, "LastName");
  Json read;
  read["General"] = {{"ID", call.id},
                     {"Name", text_at(customer, "FirstName") + (last.empty() ? "" : " " + last)},
                     {"Email", or_null(customer, "Email")},
                     {"CorporateName", or_null(customer, "BusinessName")},
                     {"IsWholeSaleUser", customer["IsWholeSaleUser"]}};
  read["Internal"] = {{"CompanyID", or_null(customer, "CompanyID")}};
  read["NotesCount"] = 0;
  read["IsModified"] = false;
  return json_answer("customer_read", 200, read);
}

}  // namespace reference
