#include "tests/reference/sellercloud/sellercloud.h"

#include <array>
#include <cstdio>
#include <random>

#include "tests/reference/sellercloud/models.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

enum class Takes { nothing, object, list };

struct Route {
  std::string_view path;  // below /rest/api; {id} is a whole number
  std::string_view method;
  std::string_view operation;
  Answer (*call)(const SellercloudCall&);  // nullptr: the token endpoint, the only one that needs none
  Takes takes = Takes::nothing;
};

constexpr std::array kRoutes{
    Route{"token", "POST", "authenticate", nullptr, Takes::object},
    Route{"Products", "POST", "createProduct", create_product, Takes::object},
    Route{"Orders", "POST", "createOrder", create_order, Takes::object},
    Route{"Orders", "GET", "listOrders", list_orders},
    Route{"Orders/Notes", "GET", "getOrderNotes", read_order_notes},
    Route{"Orders/StatusCode", "PUT", "setOrderStatus", set_order_status, Takes::object},
    Route{"Orders/{id}", "GET", "getOrder", read_order},
    Route{"Orders/{id}", "PUT", "updateOrder", update_order, Takes::object},
    Route{"Orders/{id}", "DELETE", "deleteOrder", delete_order},
    Route{"Orders/{id}/items", "POST", "addOrderItems", add_order_items, Takes::list},
    Route{"Orders/{id}/Notes", "POST", "addOrderNote", add_order_note, Takes::object},
    Route{"PurchaseOrders", "POST", "createPurchaseOrder", create_purchase_order, Takes::object},
    Route{"PurchaseOrders", "GET", "listPurchaseOrders", list_purchase_orders},
    Route{"PurchaseOrders/{id}", "GET", "getPurchaseOrder", read_purchase_order},
    Route{"PurchaseOrders/{id}", "DELETE", "deletePurchaseOrder", delete_purchase_order},
    Route{"PurchaseOrders/{id}/Items", "GET", "getPurchaseOrderItems", read_purchase_order_items},
    Route{"Catalog", "GET", "listCatalog", list_catalog},
    Route{"Catalog/ProductTypes", "GET", "listProductTypes", list_product_types},
    Route{"Companies", "GET", "listCompanies", list_companies},
    Route{"Vendors", "GET", "listVendors", list_vendors},
    Route{"Warehouses", "GET", "listWarehouses", list_warehouses},
    Route{"Settings/PaymentTerms", "GET", "listPaymentTerms", list_payment_terms},
    Route{"Settings/Manufacturers", "GET", "listManufacturers", list_manufacturers},
    Route{"Customers", "POST", "createCustomer", create_customer, Takes::object},
    Route{"Customers", "GET", "listCustomers", list_customers},
    Route{"Customers/{id}", "GET", "getCustomer", read_customer},
};

struct Place {
  const Route* route = nullptr;  // nullptr: no such path, or, with `allowed`, no such method there
  std::string allowed;
  std::int64_t id = 0;
};

// The number in place of {id}, 0 without one; nullopt: another path.
std::optional<std::int64_t> match_path(std::string_view pattern, const std::vector<std::string>& parts, bool ignore_case) {
  const auto wanted = split_path(pattern);
  if (wanted.size() != parts.size()) return std::nullopt;
  std::int64_t id = 0;
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    if (wanted[at] == "{id}") {
      const auto number = parse_integer(parts[at]);
      if (!number) return std::nullopt;
      id = *number;
    } else if (ignore_case ? !same_word(wanted[at], parts[at]) : wanted[at] != parts[at]) {
      return std::nullopt;
    }
  }
  return id;
}

// One trailing slash is fine, an empty segment is not.
Place find_place(const Request& request, bool ignore_case) {
  Place place;
  auto parts = split_path(request.path);
  if (request.path.find("//") != std::string::npos || parts.size() < 3 || !same_word(parts[0], "rest") || !same_word(parts[1], "api"))
    return place;
  parts.erase(parts.begin(), parts.begin() + 2);
  for (const Route& route : kRoutes) {
    const auto id = match_path(route.path, parts, ignore_case);
    if (!id) continue;
    if (route.method == request.method) place.route = &route;
    place.allowed += (place.allowed.empty() ? "" : ", ") + std::string(route.method);
    place.id = *id;
  }
  return place;
}

bool is_team_question(const std::string& path) { return same_word(path, "/api/server-by-team"); }

std::string new_token() {
  static thread_local std::random_device source;
  std::string token;
  for (int part = 0; part < 3; ++part) {
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%08x%08x%08x%08x", source(), source(), source(), source());
    token += (part == 0 ? "" : ".") + std::string(text.data());
  }
  return token;
}

// The body as an object, or the answer to what is none. A list is wrapped.
struct Decoded {
  Json body = Json::object();
  std::optional<Answer> refused;
};

Decoded decode(const Request& request, Takes takes, bool takes_form = false) {
  const std::string type = request.media_type();
  Decoded decoded;
  if (takes_form && type == "application/x-www-form-urlencoded") {
    for (const auto& [name, value] : parse_form(request.body)) decoded.body[name] = value;
    return decoded;
  }
  if (!type.empty() && type != "application/json" && type != "text/json") {
    decoded.refused =
        refuse("media_type_not_supported", "The request entity's media type '" + type + "' is not supported for this resource.");
    return decoded;
  }
  auto parsed = parse_json(request.body);
  if (parsed && takes == Takes::object && parsed->is_object())
    decoded.body = std::move(*parsed);
  else if (parsed && takes == Takes::list && parsed->is_array())
    decoded.body["list"] = std::move(*parsed);
  else
    decoded.refused = refuse("body_not_readable",
                             takes == Takes::list ? "The request body is not a JSON list." : "The request body is not a JSON object.");
  return decoded;
}

}  // namespace

Answer refuse(std::string name, const std::string& sentence) { return json_answer(std::move(name), 500, sentence); }

Answer no_record(const std::string& what, std::int64_t id) {
  return json_answer("record_not_found", 404, {{"Message", what + " " + std::to_string(id) + " was not found."}});
}

bool Sellercloud::owns(const std::string& path) {
  const auto parts = split_path(path);
  return !parts.empty() && (same_word(parts[0], "rest") || is_team_question(path));
}

Answer Sellercloud::answer(const Request& request) {
  if (is_team_question(request.path) && request.method == "GET") {
    Answer found = find_server(request);
    found.operation = "sellercloud.findServerByTeam";
    return found;
  }
  const Place place = find_place(request, rules_.keeps("paths_ignore_case"));
  if (place.allowed.empty()) {
    return json_answer("path_not_found", 404,
                       {{"Message", "No HTTP resource was found that matches the request URI '" + request.target + "'."}});
  }
  if (!place.route) {
    Answer refused = json_answer("method_not_allowed", 405,
                                 {{"Message", "The requested resource does not support http method '" + request.method + "'."}});
    refused.headers["Allow"] = place.allowed;
    return refused;
  }

  const std::lock_guard lock(mutex_);
  Answer answer;
  if (!place.route->call) {
    answer = authenticate(request);
  } else if (const std::string* user = find_user(request); !user) {
    answer = json_answer("not_valid_token", 401, {{"Message", "Not Valid Token"}});
  } else {
    const Decoded decoded = place.route->takes == Takes::nothing ? Decoded{} : decode(request, place.route->takes);
    const Query query(request.query);
    const std::string unreadable = query.find_unreadable();
    const SellercloudCall call{
        .account = states_[*user], .body = decoded.body, .id = place.id, .query = query, .clock = clock_, .rules = rules_};
    answer = decoded.refused      ? *decoded.refused
             : unreadable.empty() ? place.route->call(call)
                                  : refuse("body_not_readable", "The value of " + unreadable + " is not valid.");
  }
  answer.operation = "sellercloud." + std::string(place.route->operation);
  return answer;
}

Answer Sellercloud::authenticate(const Request& request) {
  const Decoded decoded = decode(request, Takes::object, rules_.keeps("token_takes_form"));
  if (decoded.refused) return *decoded.refused;
  const Bound credentials = bind(decoded.body, credentials_model(), rules_);
  if (!credentials.problems.empty()) return refuse("body_not_readable", credentials.problems.front().sentence);
  const std::string username = text_at(credentials.body, "Username");
  if (!accounts_.accepts(username, text_at(credentials.body, "Password")) && rules_.keeps("credentials_checked")) {
    return json_answer("bad_credentials", 400, {{"Message", "Sorry, invalid username or password"}});
  }

  const Time issued = clock_.now();
  const Time expires = issued + token_lifetime_;
  if (!rules_.keeps("several_tokens")) std::erase_if(tokens_, [&](const auto& entry) { return entry.second.username == username; });
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second.expires + std::chrono::hours(24) < issued; });
  const std::string token = new_token();
  tokens_[token] = {.username = username, .expires = expires};
  return json_answer("token_issued", 200,
                     {{"access_token", token},
                      {"token_type", "Bearer"},
                      {"username", username},
                      {"expires_in", token_lifetime_.count()},
                      {".issued", write_seconds(issued)},
                      {".expires", write_seconds(expires)}});
}

const std::string* Sellercloud::find_user(const Request& request) const {
  const auto found = tokens_.find(request.bearer());
  if (found != tokens_.end() && (clock_.now() < found->second.expires || !rules_.keeps("token_expires"))) return &found->second.username;
  return rules_.keeps("token_checked") ? nullptr : &accounts_.username;
}

}  // namespace reference
