#include "tests/reference/veeqo/veeqo.h"

#include <algorithm>

#include "tests/reference/text.h"

namespace reference {
namespace {

// This vendor's errors are served without the blank before `charset`.
Answer error_answer(std::string name, int status, const Json& body) {
  Answer answer = json_answer(std::move(name), status, body);
  answer.content_type = "application/json;charset=utf-8";
  return answer;
}

// The kind of `status` tells the two apart: a number for no route, a string for no record.
Answer no_path() { return error_answer("path_not_found", 404, {{"status", 404}, {"error", "Not Found"}}); }
Answer no_record() { return error_answer("record_not_found", 404, {{"status", "404"}, {"error", "Not Found"}}); }

std::string_view find_operation(const std::string& method, bool with_id) {
  if (!with_id && method == "POST") return "createProduct";
  if (!with_id && method == "GET") return "listProducts";
  if (with_id && method == "GET") return "getProduct";
  if (with_id && method == "DELETE") return "deleteProduct";
  return {};
}

// Rails looks at the body only when it is labelled JSON; what is then missing is reported as missing.
bool is_json(const Request& request) {
  const std::string type = request.media_type();
  return type.empty() || type == "application/json" || type == "text/x-json";
}

std::int64_t page_number(const Request& request, const std::string& name, std::int64_t usual) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return usual;
  return std::clamp<std::int64_t>(parse_integer(found->second).value_or(0), 0, 1'000'000);
}

bool holds_words(const Json& product, const std::string& words) {
  const auto holds = [&](const std::string& text) { return to_lower(text).find(to_lower(words)) != std::string::npos; };
  const Json& sellables = list_at(product, "sellables");
  return holds(text_at(product, "title")) ||
         std::any_of(sellables.begin(), sellables.end(), [&](const Json& one) { return holds(text_at(one, "sku_code")); });
}

}  // namespace

Answer Veeqo::answer(const Request& request) {
  const auto parts = split_path(request.path);
  const bool with_id = parts.size() == 2;
  if (parts.empty() || parts.size() > 2 || parts[0] != "products") return no_path();
  const std::string_view operation = find_operation(request.method, with_id);
  if (operation.empty()) return no_path();

  std::string key(request.header("x-api-key"));
  if (key.empty()) key = request.bearer();
  Answer answer;
  if (!accounts_.accepts_key(key) && rules_.keeps("key_checked")) {
    answer = error_answer("not_authorized", 401, {{"error_messages", "You're not authorized"}});
  } else {
    const std::lock_guard lock(mutex_);
    Account& account = states_[key];
    const std::int64_t id = with_id ? parse_integer(parts[1]).value_or(0) : 0;
    if (operation == "createProduct")
      answer = create_product(account, request);
    else if (operation == "listProducts")
      answer = list_products(account, request);
    else if (operation == "getProduct")
      answer = read_product(account, id);
    else
      answer = delete_product(account, id);
  }
  answer.operation = "veeqo." + std::string(operation);
  return answer;
}

Answer Veeqo::create_product(Account& account, const Request& request) const {
  Json body = Json::object();
  if (is_json(request) && !trim(request.body).empty()) {
    auto parsed = parse_json(request.body);
    if (!parsed) return error_answer("body_not_readable", 400, {{"status", 400}, {"error", "Bad Request"}});
    body = std::move(*parsed);
  }
  const Json* wrapped = find_member(body, "product");
  if (!wrapped && !rules_.keeps("unwrapped_body")) body = Json::object();
  const Json& product = wrapped ? *wrapped : body;

  const auto faults = find_veeqo_faults(product, rules_);
  if (!faults.empty()) return error_answer("body_not_valid", 400, {{"error_messages", faults}});
  Json created = make_veeqo_product(product, account.ids, clock_.now());
  account.products[integer_at(created, "id")] = created;
  return json_answer("product_created", 201, created);
}

Answer Veeqo::list_products(const Account& account, const Request& request) const {
  const std::int64_t page = std::max<std::int64_t>(page_number(request, "page", 1), 1);
  const std::int64_t size = std::min<std::int64_t>(page_number(request, "page_size", 12), 100);
  const auto words = request.query.find("query");
  Json shown = Json::array();
  std::int64_t total = 0;
  for (auto product = account.products.rbegin(); product != account.products.rend(); ++product) {
    if (words != request.query.end() && !holds_words(product->second, words->second)) continue;
    if (total >= (page - 1) * size && total < page * size) shown.push_back(product->second);
    ++total;
  }
  // Dividing by what was asked for, zero, is what the vendor does too. The total is counted before.
  if (size == 0) {
    Answer refused = error_answer("page_not_valid", 400, {{"error_messages", Json::array({"Infinity"})}});
    refused.headers = {{"X-Total-Count", std::to_string(total)}};
    return refused;
  }
  Answer answer = json_answer("products_listed", 200, shown);
  answer.headers = {{"X-Total-Count", std::to_string(total)},
                    {"X-Total-Pages-Count", std::to_string((total + size - 1) / size)},
                    {"X-Page-Index", std::to_string(page)},
                    {"X-Per-Page", std::to_string(size)}};
  return answer;
}

Answer Veeqo::read_product(const Account& account, std::int64_t id) const {
  const auto found = account.products.find(id);
  return found == account.products.end() ? no_record() : json_answer("product_found", 200, found->second);
}

Answer Veeqo::delete_product(Account& account, std::int64_t id) const {
  if (account.products.erase(id) == 0) return no_record();
  return {.name = "product_deleted", .operation = {}, .status = 204, .headers = {}, .body = {}};
}

}  // namespace reference
