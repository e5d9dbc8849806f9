#include "tests/reference/sellercloud.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

#include "tests/reference/sellercloud_models.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

enum class Body { none, object, list };

struct Route {
  std::string_view method;
  std::string_view path;  // `*` stands for a record's number
  std::string_view operation;
  Body body;
  Answer (*call)(const SellercloudCall&);  // nullptr: the two that need no token
};

constexpr std::array kRoutes{
    Route{"POST", "rest/api/token", "authenticate", Body::object, nullptr},
    Route{"GET", "api/server-by-team", "findServerByTeam", Body::none, nullptr},
    Route{"POST", "rest/api/Products", "createProduct", Body::object, create_product},
    Route{"POST", "rest/api/Orders", "createOrder", Body::object, create_order},
    Route{"GET", "rest/api/Orders", "listOrders", Body::none, list_orders},
    Route{"GET", "rest/api/Orders/*", "getOrder", Body::none, read_order},
    Route{"PUT", "rest/api/Orders/*", "updateOrder", Body::object, update_order},
    Route{"DELETE", "rest/api/Orders/*", "deleteOrder", Body::none, delete_order},
    Route{"PUT", "rest/api/Orders/StatusCode", "setOrderStatus", Body::object, set_order_status},
    Route{"POST", "rest/api/Orders/*/items", "addOrderItems", Body::list, add_order_items},
    Route{"POST", "rest/api/Orders/*/Notes", "addOrderNote", Body::object, add_order_note},
    Route{"GET", "rest/api/Orders/Notes", "getOrderNotes", Body::none, read_order_notes},
    Route{"POST", "rest/api/PurchaseOrders", "createPurchaseOrder", Body::object, create_purchase_order},
    Route{"GET", "rest/api/PurchaseOrders", "listPurchaseOrders", Body::none, list_purchase_orders},
    Route{"GET", "rest/api/PurchaseOrders/*", "getPurchaseOrder", Body::none, read_purchase_order},
    Route{"DELETE", "rest/api/PurchaseOrders/*", "deletePurchaseOrder", Body::none, delete_purchase_order},
    Route{"GET", "rest/api/PurchaseOrders/*/Items", "getPurchaseOrderItems", Body::none, read_purchase_order_items},
    Route{"GET", "rest/api/Catalog", "listCatalog", Body::none, list_catalog},
    Route{"GET", "rest/api/Catalog/ProductTypes", "listProductTypes", Body::none, list_product_types},
    Route{"GET", "rest/api/Companies", "listCompanies", Body::none, list_companies},
    Route{"GET", "rest/api/Vendors", "listVendors", Body::none, list_vendors},
    Route{"GET", "rest/api/Warehouses", "listWarehouses", Body::none, list_warehouses},
    Route{"GET", "rest/api/Settings/PaymentTerms", "listPaymentTerms", Body::none, list_payment_terms},
    Route{"GET", "rest/api/Settings/Manufacturers", "listManufacturers", Body::none, list_manufacturers},
    Route{"GET", "rest/api/Customers", "listCustomers", Body::none, list_customers},
    Route{"POST", "rest/api/Customers", "createCustomer", Body::object, create_customer},
    Route{"GET", "rest/api/Customers/*", "getCustomer", Body::none, read_customer},
};

struct Place {
  const Route* route = nullptr;  // nullptr: no such path, or, with `allowed`, no such method there
  std::string allowed;
  std::int64_t id = 0;
};

// One trailing slash is fine, an empty segment is not.
Place find_place(const Request& request, bool ignore_case) {
  Place place;
  if (request.path.find("//") != std::string::npos) return place;
  const auto parts = split_path(request.path);
  for (const Route& route : kRoutes) {
    const auto pattern = split_path(route.path);
    std::int64_t id = 0;
    const auto fits = [&](const std::string& wanted, const std::string& part) {
      if (wanted != "*") return ignore_case ? same_word(wanted, part) : wanted == part;
      const auto number = parse_integer(part);
      id = number.value_or(0);
      return number.has_value();
    };
    if (!std::equal(pattern.begin(), pattern.end(), parts.begin(), parts.end(), fits)) continue;
    if (route.method == request.method) place.route = &route;
    place.allowed += (place.allowed.empty() ? "" : ", ") + std::string(route.method);
    place.id = id;
  }
  return place;
}

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

// The body as the object or list that the route takes, or the answer to what is none.
struct Decoded {
  Json body = Json::object();
  std::optional<Answer> refused;
};

Decoded decode(const Request& request, Body wanted, bool takes_form) {
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
  if (parsed && (wanted == Body::list ? parsed->is_array() : parsed->is_object()))
    decoded.body = std::move(*parsed);
  else
    decoded.refused =
        refuse("body_not_readable", "The request body is not a JSON " + std::string(wanted == Body::list ? "list." : "object."));
  return decoded;
}

}  // namespace

Answer refuse(std::string name, const std::string& sentence) { return json_answer(std::move(name), 500, sentence); }

Json or_null(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member ? *member : Json(nullptr);
}

Answer no_record(const std::string& what, std::int64_t id) {
  return json_answer("record_not_found", 404, {{"Message", what + " " + std::to_string(id) + " was not found."}});
}

bool Sellercloud::owns(const std::string& path) {
  const auto parts = split_path(path);
  return !parts.empty() && (same_word(parts[0], "rest") || same_word(parts[0], "api"));
}

Answer Sellercloud::answer(const Request& request) {
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
    answer = place.route->body == Body::none ? find_server(request) : authenticate(request);
  } else if (const std::string* user = find_user(request); !user) {
    answer = json_answer("not_valid_token", 401, {{"Message", "Not Valid Token"}});
  } else {
    const Decoded decoded = place.route->body == Body::none ? Decoded{} : decode(request, place.route->body, false);
    answer =
        decoded.refused
            ? *decoded.refused
            : place.route->call(
                  {.account = states_[*user], .request = request, .body = decoded.body, .id = place.id, .clock = clock_, .rules = rules_});
  }
  answer.operation = "sellercloud." + std::string(place.route->operation);
  return answer;
}

Answer Sellercloud::authenticate(const Request& request) {
  const Decoded decoded = decode(request, Body::object, rules_.keeps("token_takes_form"));
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
