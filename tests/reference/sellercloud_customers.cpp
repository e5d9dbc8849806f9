// Customers of Sellercloud.
#include "tests/reference/sellercloud_calls.h"
#include "tests/reference/sellercloud_models.h"
#include "tests/reference/sellercloud_query.h"

namespace reference {
namespace {

std::string full_name(const Json& customer) {
  const std::string first = text_at(customer, "FirstName"), last = text_at(customer, "LastName");
  return last.empty() ? first : first + " " + last;
}

}  // namespace

Answer create_customer(const SellercloudCall& call) {
  const Bound bound = bind(call.body, customer_create_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  if (text_at(bound.body, "FirstName").empty()) return refuse("rule_broken", "The FirstName may not be empty.");
  const std::int64_t id = call.account.next_customer++;
  call.account.customers[id] = bound.body;
  return json_answer("customer_created", 200, id);
}

Answer read_customer(const SellercloudCall& call) {
  const auto found = call.account.customers.find(call.id);
  if (found == call.account.customers.end()) return no_record("Customer", call.id);
  const Json& customer = found->second;
  return json_answer("customer_found", 200,
                     {{"General",
                       {{"ID", call.id},
                        {"Name", full_name(customer)},
                        {"Email", or_null(customer, "Email")},
                        {"CorporateName", or_null(customer, "BusinessName")},
                        {"IsWholeSaleUser", text_at(customer, "CustomerType") == "WholeSale"}}},
                      {"Internal", {{"CompanyID", or_null(customer, "CompanyID")}}},
                      {"NotesCount", 0},
                      {"IsModified", false}});
}

Answer list_customers(const SellercloudCall& call) {
  const Words ids = query_words(call.request, "customerIds"), emails = query_words(call.request, "email"),
              first = query_words(call.request, "firstName"), last = query_words(call.request, "lastName"),
              companies = query_words(call.request, "companyIds");
  std::vector<Json> found;
  for (const auto& [id, customer] : call.account.customers) {
    if (!is_among(ids, id) || !is_among(emails, text_at(customer, "Email")) || !is_among(first, text_at(customer, "FirstName")) ||
        !is_among(last, text_at(customer, "LastName")) || !is_among(companies, integer_at(customer, "CompanyID")))
      continue;
    found.push_back({{"UserID", id},
                     {"Email", or_null(customer, "Email")},
                     {"FirstName", or_null(customer, "FirstName")},
                     {"LastName", or_null(customer, "LastName")},
                     {"CorporateName", or_null(customer, "BusinessName")},
                     {"IsWholeSaleUser", text_at(customer, "CustomerType") == "WholeSale"}});
  }
  return answer_page("customers_listed", call.request, found);
}

}  // namespace reference
