#include "tests/reference/sellercenter/sellercenter.h"

#include "tests/reference/sellercenter/items.h"

namespace reference {
namespace {

Json envelope(const Json& call) {
  const Json* id = find_member(call, "id");
  return {{"api", 1}, {"id", id ? *id : Json(nullptr)}};
}

Json error_element(const Json& call, int code, const std::string& message) {
  Json element = envelope(call);
  element["error"] = {{"code", code}, {"message", message}};
  return element;
}

bool is_login(const Json& call) { return text_at(call, "method") == "auth"; }

// The operation of the first call that has one, else createProducts.
std::string operation_of(const Json& calls) {
  const std::string prefix = "Product.";
  for (const Json& call : calls.is_array() ? calls : Json::array()) {
    const std::string method = text_at(call, "method");
    if (method == "Product.updateImageCollection" || Shop::knows(method)) return "sellercenter." + method.substr(prefix.size());
  }
  return "sellercenter.createProducts";
}

}  // namespace

Answer SellerCenter::answer(const Request& request) {
  if (request.method != "POST") {
    Answer refused = json_answer("method_not_allowed", 405, {{"Message", "This endpoint takes POST."}});
    refused.headers["Allow"] = "POST";
    return refused;
  }
  auto calls = parse_json(request.body);
  if (calls && calls->is_object()) calls = Json::array({*calls});
  Answer answer;
  if (!calls || !calls->is_array() || calls->empty()) {
    answer = json_answer("not_json_rpc", 200, Json::array({error_element(Json::object(), 502, "Invalid Json RPC format")}));
  } else {
    const std::lock_guard lock(mutex_);
    std::string name;
    const std::string* user = find_user(*calls, name);
    Json elements = Json::array();
    for (const Json& call : *calls) {
      if (!is_login(call)) elements.push_back(perform(call, user));
    }
    answer = json_answer(user ? "performed" : "not_authorized", 200, elements);
  }
  answer.operation = operation_of(calls ? *calls : Json());
  return answer;
}

const std::string* SellerCenter::find_user(const Json& calls, std::string& name) const {
  for (const Json& call : calls) {
    if (is_login(call)) {
      const Json& params = object_at(call, "params");
      name = text_at(params, "username");
      return accounts_.accepts(name, text_at(params, "password")) || !rules_.keeps("login_checked") ? &name : nullptr;
    }
    if (rules_.keeps("login_first")) break;
  }
  return rules_.keeps("login_needed") ? nullptr : &name;
}

Json SellerCenter::perform(const Json& call, const std::string* user) {
  if (!user) return error_element(call, -32001, "Could not authorize request");
  if (!call.is_object()) return error_element(call, 502, "Invalid Json RPC format");
  const std::string method = text_at(call, "method");
  const Json& params = object_at(call, "params");
  const bool about_images = method == "Product.updateImageCollection";
  if (!about_images && !Shop::knows(method)) return error_element(call, -32601, "Method not found");
  const Json* items = find_member(params, "productsInfo");
  if (about_images ? !are_images(params) : !items || !items->is_array()) return error_element(call, -32602, "Invalid params");

  Json element = envelope(call);
  Shop& shop = shops_[*user];
  const std::string delivery = method + " " + render_json(element["id"]) + " " + canonical_json(params);
  element["result"] = about_images ? shop.update_images(params) : shop.perform(method, *items, delivery, clock_, rules_);
  return element;
}

}  // namespace reference
