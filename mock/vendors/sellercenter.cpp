// The shop behind Seller Center: which config_id belongs to a product_set, and which product a change concerns. Rows have checked an
// item before its handler runs; each item is one transaction.
#include <algorithm>

#include "mock/vendors/members.h"
#include "mock/vendors/module.h"

namespace understudy {
namespace {

constexpr std::string_view kSkuLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t kSkuLength = 17;  // AK011MEAJPZTABCDE-468012

std::string now(const HandlerCall& call) { return render_plain(call.env.clock.now()); }

// Every member of an answer is a string, whatever type the request had.
Outcome done(std::string answer, const Json& product) {
  Json record = Json::object();
  for (const char* name : {"seller_sku", "sku", "id", "config_id", "updated_at"}) record[name] = plain_text(member(product, name));
  if (record["config_id"] == "") record["config_id"] = nullptr;
  return {.answer = std::move(answer), .record = make_record(std::move(record))};
}

// The config_id of this product_set; "" if the product_set is new.
std::string find_config(const HandlerCall& call, const std::string& product_set) {
  const Record known = call.store.find("product_sets", product_set);
  return known ? plain_text(member(*known, "config_id")) : std::string();
}

bool is_known_config(const HandlerCall& call, const std::string& config) {
  static const std::vector<std::string> kKeys = {"/config_id"};
  const auto has = [&](const char* collection, const Json& value) { return call.store.has_record(collection, kKeys, {&value}); };
  const auto number = integer_of(config);  // a scenario may have seeded a number
  return has("products", config) || has("product_sets", config) || (number && (has("products", *number) || has("product_sets", *number)));
}

// The config_id of a new product: the one that the body names, else that of its product_set, else a new one. The shop remembers a
// product_set forever, because other variations of it may come in any later call.
std::string config_of(const HandlerCall& call) {
  const std::string product_set = plain_text(member(call.body, "product_set"));
  const std::string known = product_set.empty() ? "" : find_config(call, product_set);
  std::string config = plain_text(member(call.body, "config_id"));
  if (config.empty()) config = known.empty() ? std::to_string(call.env.ids.next("config")) : known;
  if (!product_set.empty() && known.empty()) call.store.put("product_sets", {{"product_set", product_set}, {"config_id", config}});
  return config;
}

bool has_seller_sku(const HandlerCall& call) {
  static const std::vector<std::string> kKeys = {"/seller", "/seller_sku"};
  const Json seller = plain_text(member(call.body, "seller")), sku = plain_text(member(call.body, "seller_sku"));
  return call.store.has_record("products", kKeys, {&seller, &sku});
}

Outcome create_product(const HandlerCall& call) {
  const std::string config = plain_text(member(call.body, "config_id"));
  if (!config.empty() && !is_known_config(call, config)) return {.answer = "config_id_unknown"};
  if (has_seller_sku(call)) return {.answer = "seller_sku_exists"};

  const std::string product_config = config_of(call);
  Json product = take_body(call);
  const std::string id = std::to_string(call.env.ids.next("shop_product"));
  product["id"] = id;
  product["sku"] = call.env.random.text(kSkuLength, kSkuLetters) + "-" + id;
  product["seller"] = plain_text(member(product, "seller"));
  product["seller_sku"] = plain_text(member(product, "seller_sku"));
  product["config_id"] = product_config;
  product["updated_at"] = now(call);
  return done("product_created", *call.store.create("products", std::move(product), call.env));
}

// --- changes of what exists -------------------------------------------------------------------------------------------

bool lacks_dates(const Json& product) {
  return !plain_text(member(product, "special_price")).empty() &&
         (text_of(product, "special_from_date").empty() || text_of(product, "special_to_date").empty());
}

std::optional<Json> find_product(const HandlerCall& call) {
  const Record stored = call.store.find("products", plain_text(member(call.body, "product_id")));
  if (!stored) return std::nullopt;
  return *stored;
}

Outcome save(const HandlerCall& call, Json product) {
  product["updated_at"] = now(call);
  call.store.put("products", product);
  return done("product_updated", product);
}

void write_over(Json& product, const Json& body) {
  for (const auto& [name, value] : body.items()) {
    if (name == "product_id" || name == "id") continue;
    product[name] = name == "seller" || name == "seller_sku" ? Json(plain_text(value)) : value;
  }
}

Outcome update_product(const HandlerCall& call) {
  auto product = find_product(call);
  if (!product) return {.answer = "product_unknown"};
  if (lacks_dates(call.body)) return {.answer = "special_dates_missing"};
  write_over(*product, call.body);
  return save(call, std::move(*product));
}

Outcome update_stock(const HandlerCall& call) {
  auto product = find_product(call);
  if (!product) return {.answer = "stock_not_updated"};
  (*product)["stock"] = member(call.body, "quantity");
  return save(call, std::move(*product));
}

// Adds a source of a product. A source that exists already is not added again.
Outcome add_source(const HandlerCall& call) {
  auto product = find_product(call);
  if (!product) return {.answer = "product_unknown"};
  Json source = Json::object();
  for (const char* name : {"seller", "seller_sku", "shipment_type", "product_identifier"}) source[name] = member(call.body, name);
  Json& sources = (*product)["sources"];
  if (!sources.is_array()) sources = Json::array();
  if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
  return save(call, std::move(*product));
}

// The path of the URL, which is what the shop stores.
std::string uri_of(const std::string& url) {
  const auto host = url.find("://");
  const auto path = url.find('/', host == std::string::npos ? 0 : host + 3);
  return path == std::string::npos ? "/" : url.substr(path);
}

// The list replaces all images and their order. An image with the same hash in the same set keeps its id.
Outcome update_images(const HandlerCall& call) {
  const Json& set = member(call.body, "productSetSrcId");
  const Record before = call.store.find("image_sets", plain_text(set));
  const Json known = before ? list_of(*before, "images") : Json::array();
  Json images = Json::array();
  for (const Json& image : list_of(call.body, "images")) {
    const auto same =
        std::find_if(known.begin(), known.end(), [&](const Json& one) { return member(one, "hash") == member(image, "hash"); });
    const Json id = same == known.end() ? Json(call.env.ids.next("shop_image")) : member(*same, "srcId");
    images.push_back({{"uri", uri_of(text_of(image, "url"))}, {"hash", member(image, "hash")}, {"srcId", id}});
  }
  const Json record = {{"productSetSrcId", set}, {"images", images}};
  call.store.put("image_sets", record);
  return {.answer = "images_updated", .context = {{"record", record}}};
}

}  // namespace

const Module& sellercenter_module() {
  static const Module kModule = {.handlers = {{"createProducts", create_product},
                                              {"updateProducts", update_product},
                                              {"updatePrices", update_product},
                                              {"updateStock", update_stock},
                                              {"addSources", add_source},
                                              {"updateImageCollection", update_images}}};
  return kModule;
}

}  // namespace understudy
