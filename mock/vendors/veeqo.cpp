// Veeqo's operations: how a request changes stored products and which ones it returns. See also: veeqo_view.h (what an answer shows).
#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "mock/vendors/members.h"
#include "mock/vendors/module.h"
#include "mock/vendors/veeqo_view.h"

namespace understudy {
namespace {

using veeqo::load_product;
using veeqo::show_product;
using veeqo::show_stock_entry;
using veeqo::view_of;
using veeqo::whole;

constexpr std::array kVariantTexts = {"title", "sku_code", "upc_code", "model_number"};
constexpr std::array kVariantAmounts = {"price", "cost_price", "min_reorder_level", "quantity_to_reorder", "tax_rate", "weight_grams"};

// The vendor stores the parts of a request one after the other: its documented example shows these intervals.
constexpr Milliseconds kFirstSellable{5}, kNextSellable{32}, kImages{15};

// How a stock entry is found.
const std::vector<std::string> kStockKeys = {"/sellable_id", "/warehouse_id"};
bool is_level(std::string_view member) { return member.ends_with("_level"); }

std::string time_after(const HandlerCall& call, Milliseconds delay) { return render_rfc3339_millis(call.env.clock.now() + delay); }

Outcome shown(std::string answer, RenderedObject record) { return {.answer = std::move(answer), .rendered_record = std::move(record)}; }

// --- from a request to stored facts -----------------------------------------------------------------------------------

Json whole_or_null(const Json& value) { return is_number(value) ? whole(value) : Json(nullptr); }

// An update writes the members that it names; a new object gets all members.
bool is_written(const Json& object, const Json& attributes, const char* name) {
  return attributes.contains(name) || !object.contains(name);
}

void write_product(Json& product, const Json& body) {
  for (const char* name : {"title", "description", "notes"}) {
    if (is_written(product, body, name)) set(product, name, text_of(body, name));
  }
  if (is_written(product, body, "estimated_delivery")) product["estimated_delivery"] = whole_or_null(member(body, "estimated_delivery"));
}

void write_variant(Json& sellable, const Json& attributes) {
  for (const char* name : kVariantTexts) {
    if (is_written(sellable, attributes, name)) set(sellable, name, text_of(attributes, name));
  }
  for (const char* name : kVariantAmounts) {
    if (is_written(sellable, attributes, name)) set(sellable, name, whole(member(attributes, name)));
  }
}

void write_image(Json& image, const Json& attributes) {
  if (is_written(image, attributes, "src")) image["src"] = member(attributes, "src");
  if (is_written(image, attributes, "display_position")) image["display_position"] = whole_or_null(member(attributes, "display_position"));
}

// The member as a list of objects: a scenario may have seeded anything.
Json& objects_at(Json& object, const char* name) {
  Json& list = object[name];
  if (!list.is_array()) list = Json::array();
  for (Json& element : list) {
    if (!element.is_object()) element = Json::object();
  }
  return list;
}

constexpr std::size_t kAddedToElement = 16;  // members that are not in the attributes

// Updates the element that each of the attributes names by its id, or adds one without an id. False: an id is unknown.
template <class Write>
bool write_elements(Json& list, const Json& all, Write write, const std::string& now) {
  for (const Json& attributes : all) {
    const auto id = integer_of(member(attributes, "id"));
    if (!id) list.push_back(object_with_room(attributes.size() + kAddedToElement));
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const Json& one) { return id && json_equal(member(one, "id"), Json(*id)); });
    if (id && found == list.end()) return false;
    Json& element = id ? *found : list.back();
    write(element, attributes);
    if (id) element["updated_at"] = now;
  }
  return true;
}

// A product may be seeded with stock entries inside its sellables; they are kept in a collection of their own. Levels are added to
// those that orders have moved meanwhile.
bool move_stock(const HandlerCall& call, Json& sellable) {
  const Json entries = list_of(sellable, "stock_entries");
  if (sellable.erase("stock_entries") == 0) return false;
  for (const Json& seeded : entries) {
    if (!seeded.is_object()) continue;
    const Record known = call.store.find_by("stock_entries", kStockKeys, {&member(sellable, "id"), &member(seeded, "warehouse_id")});
    Json entry = seeded;
    entry["sellable_id"] = member(sellable, "id");
    entry.erase("id");
    if (known != nullptr) {
      for (const auto& [name, value] : known->items())
        entry[name] = is_level(name) ? whole(amount_of(entry, name) + amount_of(*known, name)) : value;
    }
    call.store.create("stock_entries", std::move(entry), call.env);
  }
  return true;
}

// Adds the ids and times that are missing, also in seeded products. True if the product has changed.
bool complete(const HandlerCall& call, Json& product) {
  bool changed = false;
  const auto give = [&](Json& object, const char* name, const auto& value) {
    if (!member(object, name).is_null()) return;
    object[name] = value();
    changed = true;
  };
  const auto draw = [&](const char* sequence) { return [&call, sequence] { return call.env.ids.next(sequence); }; };
  const auto give_times = [&](Json& object, Milliseconds delay) {
    give(object, "created_at", [&] { return time_after(call, delay); });
    give(object, "updated_at", [&] { return object["created_at"]; });
  };
  give_times(product, Milliseconds{0});
  Milliseconds delay{0};
  Json& sellables = objects_at(product, "sellables");
  for (Json& sellable : sellables) {
    delay += &sellable == &sellables.front() ? kFirstSellable : kNextSellable;
    give(sellable, "id", draw("sellable"));
    give_times(sellable, delay);
    changed |= move_stock(call, sellable);
  }
  // In the order shown: in the vendor's example the first sellable has the lower measurement id, but the higher id of its own.
  for (const std::size_t i : veeqo::shown_order(sellables, veeqo::shows_newest_first(call))) {
    Json& measurement = sellables[i]["measurement_attributes"];
    if (!measurement.is_object()) measurement = Json::object();
    give(measurement, "id", draw("measurement"));
  }
  for (Json& image : objects_at(product, "images")) {
    give(image, "id", draw("image"));
    give_times(image, delay + kImages);
  }
  return changed;
}

// The brand that the body names, null if it names none; nullopt if brands were seeded and this is none of them.
std::optional<Json> find_brand(const HandlerCall& call) {
  const std::string id = plain_text(member(call.body, "product_brand_id"));
  const Record brand = call.store.find("brands", id);
  if (brand) return *brand;
  if (!id.empty() && call.store.is_seeded("brands")) return std::nullopt;
  return Json(nullptr);
}

}  // namespace

Json veeqo::load_product(const HandlerCall& call, const Json& stored) {
  Json product = stored;
  if (complete(call, product)) call.store.put("products", product);
  return product;
}

namespace {

std::optional<Json> find_product(const HandlerCall& call) {
  const Record stored = call.store.find("products", path_parameter(call, "id"));
  if (!stored) return std::nullopt;
  return load_product(call, *stored);
}

// Applies the body to the product. False: it names something that does not exist.
bool write_all(const HandlerCall& call, Json& product) {
  const std::string now = time_after(call, Milliseconds{0});
  const auto brand = find_brand(call);
  if (!brand) return false;
  if (call.body.contains("product_brand_id") || !product.contains("brand")) product["brand"] = *brand;
  write_product(product, call.body);
  if (!write_elements(objects_at(product, "sellables"), list_of(call.body, "product_variants_attributes"), write_variant, now))
    return false;
  if (!write_elements(objects_at(product, "images"), list_of(call.body, "images_attributes"), write_image, now)) return false;
  for (const Json& tag : list_of(call.body, "tags_attributes")) {
    objects_at(product, "tags")
        .push_back(make_object("id", call.env.ids.next("tag"), "name", text_of(tag, "name"), "colour", text_of(tag, "colour")));
  }
  complete(call, product);
  return true;
}

// --- products ---------------------------------------------------------------------------------------------------------

Outcome create_product(const HandlerCall& call) {
  constexpr std::size_t kMembers = 12;  // of a stored product
  Json product = object_with_room(kMembers);
  if (!write_all(call, product)) return {.answer = "record_not_found"};
  return shown("product_created", show_product(view_of(call), *call.store.create("products", std::move(product), call.env)));
}

Outcome get_product(const HandlerCall& call) {
  const auto product = find_product(call);
  if (!product) return {.answer = "record_not_found"};
  return shown("product_read", show_product(view_of(call), *product));
}

// An attribute that it does not accept makes this server answer 500, as its documentation says.
bool takes_all(const HandlerCall& call) {
  const Json* known = find_pointer(call.contract.document, "/components/schemas/ProductChange/properties");
  const auto items = call.body.items();
  return std::all_of(items.begin(), items.end(), [&](const auto& item) { return known != nullptr && known->contains(item.key()); });
}

Outcome update_product(const HandlerCall& call) {
  auto product = find_product(call);
  if (!product) return {.answer = "record_not_found"};
  if (!takes_all(call)) return {.answer = "attribute_not_accepted"};
  if (!write_all(call, *product)) return {.answer = "record_not_found"};
  (*product)["updated_at"] = time_after(call, Milliseconds{0});
  call.store.put("products", *product);
  return shown("product_updated", show_product(view_of(call), *product));
}

// Reads "2017-10-13 09:08:13", a date or an RFC 3339 time. A filter with any other value is ignored.
std::optional<Time> read_time(std::string when) {
  if (when.size() == 10) when += " 00:00:00";
  if (when.size() == 19) {
    when[10] = 'T';
    when += 'Z';
  }
  return parse_rfc3339(when);
}

bool is_since(const Json& product, std::string_view name, const Json& query, std::string_view filter) {
  const auto from = read_time(text_of(query, filter));
  const auto when = parse_rfc3339(text_of(product, name));
  return !from || !when || *when >= *from;
}

bool has_words(const Json& product, const std::string& words) {
  const auto holds = [&](const Json& object, std::string_view name) {
    return to_lower(text_of(object, name)).find(words) != std::string::npos;
  };
  const Json& sellables = list_of(product, "sellables");
  return holds(product, "title") ||
         std::any_of(sellables.begin(), sellables.end(), [&](const Json& one) { return holds(one, "title") || holds(one, "sku_code"); });
}

// Whether any sellable has a stock entry in the warehouse.
bool is_stocked(const HandlerCall& call, const Json& product) {
  const Json& warehouse = member(call.query, "warehouse_id");
  if (warehouse.is_null()) return true;
  const Json& sellables = list_of(product, "sellables");
  return std::any_of(sellables.begin(), sellables.end(), [&](const Json& one) {
    const Record entry = call.store.find_by("stock_entries", kStockKeys, {&member(one, "id"), &warehouse});
    return entry != nullptr && (amount_of(*entry, "physical_stock_level") > 0 || member(*entry, "infinite") == true);
  });
}

bool is_wanted(const Json& product, const Json& query) {
  const auto since = integer_of(member(query, "since_id"));
  const auto id = integer_of(member(product, "id"));
  if (since && id && *id <= *since) return false;
  return has_words(product, to_lower(plain_text(member(query, "query")))) && is_since(product, "created_at", query, "created_at_min") &&
         is_since(product, "updated_at", query, "updated_at_min");
}

Outcome list_products(const HandlerCall& call) {
  std::vector<Json> found;
  for (const Record& stored : call.store.list("products")) {
    Json product = load_product(call, *stored);
    if (is_wanted(product, call.query) && is_stocked(call, product)) found.push_back(std::move(product));
  }
  std::ranges::reverse(found);
  const auto total = static_cast<std::int64_t>(found.size());
  const Paging paging = call.operation.paging.value_or(Paging{});
  const Json& wanted = member(call.query, paging.size);
  const std::int64_t size = wanted.is_null() ? paging.default_size : std::min(integer_of(wanted).value_or(0), paging.maximum_size);
  // The vendor divides by the page size: anything but a number counts as 0, and Ruby's error gets into the answer.
  if (size < 1) return {.answer = "page_not_valid", .context = {{"page", {{"total", total}}}}};
  const std::int64_t number = std::max(integer_of(member(call.query, paging.number)).value_or(paging.first), paging.first);
  const std::int64_t pages = (total + size - 1) / size;
  const auto view = view_of(call);
  Json records = Json::array();
  const std::int64_t before = number - paging.first;
  for (std::int64_t i = before >= pages ? total : before * size; i < total && std::ssize(records) < size; ++i)
    records.push_back(show_product(view, found[static_cast<std::size_t>(i)]).read());
  return {.answer = "product_list",
          .context = {{"records", std::move(records)}, {"page", {{"number", number}, {"size", size}, {"total", total}, {"pages", pages}}}}};
}

// --- stock ------------------------------------------------------------------------------------------------------------

struct Shelf {
  Json product;
  std::size_t sellable = 0;
  Json warehouse;
  Json entry = Json::object();  // as stored; may be empty
};

// The sellable and the warehouse that the path names.
std::optional<Shelf> find_shelf(const HandlerCall& call) {
  const Record warehouse = call.store.find("warehouses", path_parameter(call, "warehouse_id"));
  if (!warehouse) return std::nullopt;
  for (const Record& stored : call.store.list("products")) {
    Shelf shelf{.product = load_product(call, *stored), .sellable = 0, .warehouse = *warehouse};
    for (const Json& sellable : list_of(shelf.product, "sellables")) {
      if (plain_text(member(sellable, "id")) != path_parameter(call, "sellable_id")) {
        ++shelf.sellable;
        continue;
      }
      if (const Record entry = call.store.find_by("stock_entries", kStockKeys, {&member(sellable, "id"), &member(*warehouse, "id")}))
        shelf.entry = *entry;
      return shelf;
    }
  }
  return std::nullopt;
}

Outcome get_stock_entry(const HandlerCall& call) {
  const auto shelf = find_shelf(call);
  if (!shelf) return {.answer = "record_not_found"};
  return shown("stock_entry_read",
               show_stock_entry(view_of(call), list_of(shelf->product, "sellables")[shelf->sellable], shelf->entry, shelf->warehouse));
}

Outcome update_stock_entry(const HandlerCall& call) {
  auto shelf = find_shelf(call);
  if (!shelf) return {.answer = "record_not_found"};
  const Json& sellable = list_of(shelf->product, "sellables")[shelf->sellable];
  Json entry = shelf->entry;
  entry.update(member(call.body, "stock_entry"));
  entry["sellable_id"] = member(sellable, "id");
  entry["warehouse_id"] = member(shelf->warehouse, "id");
  entry["updated_at"] = time_after(call, Milliseconds{0});
  const Record stored = call.store.create("stock_entries", std::move(entry), call.env);
  return shown("stock_entry_updated", show_stock_entry(view_of(call), sellable, *stored, shelf->warehouse));
}

}  // namespace

const Module& veeqo_module() {
  static const Module kModule = {.handlers = {{"createProduct", create_product},
                                              {"getProduct", get_product},
                                              {"listProducts", list_products},
                                              {"updateProduct", update_product},
                                              {"getStockEntry", get_stock_entry},
                                              {"updateStockEntry", update_stock_entry}},
                                 .shows = veeqo::shows()};
  return kModule;
}

}  // namespace understudy
