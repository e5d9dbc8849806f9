// Products of Sellercloud: creating them, finding them in the catalog.
#include <array>
#include <cstdio>

#include "tests/reference/sellercloud_calls.h"
#include "tests/reference/sellercloud_models.h"
#include "tests/reference/sellercloud_query.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

// Eleven digits and their check digit, as GS1 computes it.
std::string new_upc(std::int64_t number) {
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), "%011lld", static_cast<long long>(84000000000 + number));
  int sum = 0;
  for (std::size_t at = 0; at < 11; ++at) sum += (digits[at] - '0') * (at % 2 == 0 ? 3 : 1);
  return std::string(digits.data(), 11) + std::to_string((10 - sum % 10) % 10);
}

Json listed(const Json& product) {
  return {{"ID", or_null(product, "ID")},
          {"ProductName", or_null(product, "ProductName")},
          {"CompanyID", or_null(product, "CompanyId")},
          {"ProductType", or_null(product, "ProductTypeName")},
          {"UPC", or_null(product, "UPC")},
          {"SiteCost", or_null(product, "SiteCost")},
          {"SitePrice", or_null(product, "DefaultPrice")},
          {"ManufacturerID", or_null(product, "ManufacturerId")}};
}

}  // namespace

Answer create_product(const SellercloudCall& call) {
  const Bound bound = bind(call.body, product_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json product = bound.body;
  if (integer_at(product, "CompanyId") < 1 && call.rules.keeps("product_company_positive")) {
    return refuse("rule_broken", "The field CompanyId must be at least 1.");
  }
  for (const std::string_view name : {"ProductName", "ProductSKU", "ProductTypeName"}) {
    if (product.contains(std::string(name)) && text_at(product, name).empty())
      return refuse("rule_broken", "The " + std::string(name) + " may not be empty.");
  }
  const std::string sku = text_at(product, "ProductSKU"), key = to_lower(sku);
  if (call.account.products.contains(key) && call.rules.keeps("product_sku_unique")) {
    return refuse("product_already_exists", "Product with SKU '" + sku + "' already exists.");
  }

  if (true_at(product, "AutoAssignUPC") && text_at(product, "UPC").empty() && call.rules.keeps("upc_assigned")) {
    product["UPC"] = new_upc(++call.account.next_upc);
  }
  product["ID"] = sku;
  if (call.account.products.insert_or_assign(key, product).second) call.account.skus.push_back(key);
  return json_answer("product_created", 200, product);
}

Answer list_catalog(const SellercloudCall& call) {
  const Words skus = query_words(call.request, "sKU"), companies = query_words(call.request, "companyID"),
              upcs = query_words(call.request, "uPC");
  const auto keyword = query_text(call.request, "keyword");
  std::vector<Json> found;
  for (auto key = call.account.skus.rbegin(); key != call.account.skus.rend(); ++key) {
    const Json& product = call.account.products[*key];
    if (is_among(skus, *key) && is_among(companies, integer_at(product, "CompanyId")) && is_among(upcs, text_at(product, "UPC")) &&
        holds(text_at(product, "ProductName"), keyword))
      found.push_back(listed(product));
  }
  return answer_page("catalog_listed", call.request, found);
}

}  // namespace reference
