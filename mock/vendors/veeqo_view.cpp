#include "mock/vendors/veeqo_view.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cmath>
#include <utility>

#include "contracts/src/base/number.h"
#include "mock/vendors/members.h"
#include "mock/vendors/shown_members.h"

namespace understudy::veeqo {
namespace {

double round_to(double value, int places) {
  const double scale = std::pow(10, places);
  return std::round(value * scale) / scale;
}

Json money(const View& view, double value) { return view.floats ? Json(value) : whole(value); }
// A stored amount: where a double would say another number, it stays as it is.
Json money(const View& view, const Json& stored) {
  if (!is_number(stored)) return money(view, 0.0);
  const double value = to_double(stored);
  return compare_numbers(stored, value) == 0 ? money(view, value) : stored;
}

const Json kNone;

std::string_view text_in(const Json& value) {
  return value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : std::string_view();
}

bool has_switch(const HandlerCall& call, std::string_view name, std::string_view value) {
  const auto found = call.switches.find(name);
  return found != call.switches.end() && text_in(found->second) == value;
}

// --- stock ---------------------------------------------------------------------------------------------------------------

struct Stock {
  double physical = 0, allocated = 0, incoming = 0, value = 0, transit_in = 0, transit_out = 0;
  bool infinite = false;

  void add(const Stock& other) {
    physical += other.physical;
    allocated += other.allocated;
    incoming += other.incoming;
    value += other.value;
    transit_in += other.transit_in;
    transit_out += other.transit_out;
    infinite |= other.infinite;
  }
};

// What there is of a sellable in a warehouse.
struct StockEntry {
  const View* view;
  const Json* sellable;
  const Json* stored;  // null: nothing
  const Json* warehouse;

  // The document says that the value is available times cost; the vendor's own samples show physical times cost (44 x 40 = 1760 with 39
  // available).
  Stock sum() const {
    const double physical = amount_of(*stored, "physical_stock_level");
    return {.physical = physical,
            .allocated = amount_of(*stored, "allocated_stock_level"),
            .incoming = amount_of(*stored, "incoming_stock_level"),
            .value = round_to(physical * amount_of(*sellable, "cost_price"), 6),
            .transit_in = amount_of(*stored, "transit_incoming_stock_level"),
            .transit_out = amount_of(*stored, "transit_outgoing_stock_level"),
            .infinite = member(*stored, "infinite") == true};
  }

  void write_warehouse(std::string& out) const {
    const Json& newer = member(view->account, "warehouse_of_2026");
    if (view->of_2026) {
      const Json& position = member(*warehouse, "display_position");
      return write_members({{"display_position", position.is_null() ? &member(newer, "display_position") : &position},
                            {"id", &member(*warehouse, "id")},
                            {"name", &member(*warehouse, "name")}},
                           {}, out);
    }
    write_members({}, {warehouse}, out, [&](std::string_view name) { return newer.contains(name); });
  }

  ShownMembers members() const {
    const Stock stock = sum();
    ShownMembers own = {{"allocated_stock_level", whole(stock.allocated)},
                        {"available_stock_level", whole(stock.physical - stock.allocated)},
                        {"incoming_stock_level", whole(member(*stored, "incoming_stock_level"))},
                        {"physical_stock_level", whole(stock.physical)},
                        {"sellable_id", &member(*sellable, "id")},
                        {"sellable_on_hand_value", money(*view, stock.value)},
                        {"stock_running_low", Json(stock.physical <= amount_of(*sellable, "min_reorder_level"))}};
    if (view->of_2026) {
      for (const char* name : {"transit_incoming_stock_level", "transit_outgoing_stock_level"})
        own.push_back({name, whole(member(*stored, name))});
    }
    if (!stored->contains("updated_at")) own.push_back({"updated_at", &member(*sellable, "created_at")});
    own.push_back({"warehouse", part<&StockEntry::write_warehouse>(*this)});
    own.push_back({"warehouse_id", &member(*warehouse, "id")});
    return own;
  }
  static const Json& usual() {
    static const Json kUsual = {{"infinite", false}, {"location", nullptr}};
    return kUsual;
  }
  static bool leaves_out(std::string_view name) { return name == "id"; }
  void write(std::string& out) const { write_members(members(), {stored, &usual()}, out, leaves_out); }
  RenderedObject render() const { return render_members(members(), {stored, &usual()}, leaves_out); }
};

// The stock entries of a sellable, in the order of the warehouses.
class StockEntries {
 public:
  StockEntries(const View& view, const Json& sellable) {
    if (!view.store.is_empty("stock_entries"))
      stored_ = view.store.select("stock_entries", make_object("sellable_id", member(sellable, "id")));
    for (const Record& warehouse : view.warehouses) {
      const Json& id = member(*warehouse, "id");
      const auto found = std::ranges::find_if(stored_, [&](const Record& one) { return json_equal(member(*one, "warehouse_id"), id); });
      if (found != stored_.end() || view.zeros)
        entries_.push_back({&view, &sellable, found == stored_.end() ? &kNone : found->get(), warehouse.get()});
    }
    for (const StockEntry& entry : entries_) sum_.add(entry.sum());
  }
  const Stock& sum() const { return sum_; }
  void write(std::string& out) const { write_list(entries_, out); }

 private:
  std::vector<Record> stored_;
  boost::container::small_vector<StockEntry, 4> entries_;
  Stock sum_;
};

// --- products --------------------------------------------------------------------------------------------------------------

// Images without a position come last.
std::pair<double, double> rank(const Json& image) {
  const Json& position = member(image, "display_position");
  return {is_number(position) ? to_double(position) : HUGE_VAL, amount_of(image, "id")};
}

// The members of a product that do not depend on its sellables.
class Head {
 public:
  Head(const View& view, const Json& product)
      : view_(view),
        product_(product),
        usual_(member(view.account, "product")),
        newer_(view.of_2026 ? member(view.account, "product_of_2026") : kNone),
        usual_image_(member(view.account, "image")) {
    const Json& images = list_of(product, "images");
    const auto first = std::min_element(images.begin(), images.end(), [](const Json& a, const Json& b) { return rank(a) < rank(b); });
    if (first != images.end()) image_ = &*first;
  }

  const Json& find(std::string_view name) const { return first_member({&product_, &usual_, &newer_}, name); }
  const Json& image_source() const { return image_ == nullptr ? kNone : first_member({image_, &usual_image_}, "src"); }
  void write_main_image(std::string& out) const {
    if (image_ == nullptr)
      out += "null";
    else
      write_members({{"product_id", &member(product_, "id")}}, {image_, &usual_image_}, out);
  }
  // Inside a sellable.
  void write_copy(std::string& out) const {
    ShownMembers copy;
    const auto add = [&](std::initializer_list<const char*> names) {
      for (const char* name : names) {
        if (const Json* value = find_member({&product_, &usual_, &newer_}, name)) copy.push_back({name, value});
      }
    };
    add({"deleted_at", "deleted_by_id", "description", "estimated_delivery", "hs_tariff_number", "id"});
    if (view_.of_2026)
      add({"main_image"});
    else
      copy.push_back({"main_image", part<&Head::write_main_image>(*this)});
    copy.push_back({"main_image_src", &image_source()});
    if (view_.of_2026) copy.push_back({"mid_code", &kNone});
    add({"origin_country"});
    if (view_.of_2026) copy.push_back({"taric_code", &kNone});
    add({"tax_rate", "title", "weight"});
    write_members(copy, {}, out);
  }
  // With these members; `own` are all that are derived.
  RenderedObject render(const ShownMembers& own) const {
    return render_members(own, {&product_, &usual_, &newer_},
                          [](std::string_view name) { return name == "images" || name == "sellables"; });
  }

 private:
  const View& view_;
  const Json& product_;
  const Json& usual_;
  const Json& newer_;
  const Json& usual_image_;
  const Json* image_ = nullptr;  // the main one; null: there is none
};

class Sellable {
 public:
  Sellable(const View& view, const Head& head, const Json& sellable)
      : view_(&view),
        head_(&head),
        stored_(&sellable),
        newer_(view.of_2026 ? &member(view.account, "sellable_of_2026") : &kNone),
        entries_(view, sellable) {
    title_ = text_in(find("title"));
    if (title_ == "Default") title_ = {};
    full_title_ = text_in(head.find("title"));
    if (!title_.empty()) full_title_.append(" ").append(title_);
  }

  const Stock& stock() const { return entries_.sum(); }
  void write(std::string& out) const { write_members(members(), {stored_, &usual(), newer_}, out); }

 private:
  const Json& usual() const { return member(view_->account, "sellable"); }
  const Json& find(std::string_view name) const { return first_member({stored_, &usual(), newer_}, name); }
  Json amount(std::string_view name) const { return money(*view_, find(name)); }
  Json available() const { return whole(stock().physical - stock().allocated); }

  ShownMembers members() const {
    const double price = to_double(find("price"));
    const double profit = round_to(price - to_double(find("cost_price")), 6);
    ShownMembers own = {{"allocated_stock_level_at_all_warehouses", whole(stock().allocated)},
                        {"available_stock_level_at_all_warehouses", available()},
                        {"cost_price", amount("cost_price")},
                        {"created_by_id", &head_->find("created_by_id")},
                        {"full_title", std::string_view(full_title_)}};
    if (view_->of_2026) own.push_back({"image_url", &head_->image_source()});
    own.push_back({"inventory", part<&Sellable::write_inventory>(*this)});
    if (view_->of_2026) own.push_back({"main_thumbnail_url", &head_->image_source()});
    own.push_back({"margin", money(*view_, price == 0 ? 0 : round_to(profit / price * 100, 2))});
    own.push_back({"measurement_attributes", part<&Sellable::write_measurement>(*this)});
    own.push_back({"min_reorder_level", whole(find("min_reorder_level"))});
    own.push_back({"on_hand_value", money(*view_, round_to(stock().value, 6))});
    own.push_back({"price", amount("price")});
    own.push_back({"product", part<&Head::write_copy>(*head_)});
    own.push_back({"product_title", text_in(head_->find("title"))});
    own.push_back({"profit", money(*view_, profit)});
    own.push_back({"quantity_to_reorder", whole(find("quantity_to_reorder"))});
    own.push_back({"sellable_title", title_});
    own.push_back({"stock_entries", part<&StockEntries::write>(entries_)});
    own.push_back({"stock_level_at_all_warehouses", whole(stock().physical)});
    own.push_back({"tax_rate", amount("tax_rate")});
    own.push_back({"weight", amount("weight_grams")});
    own.push_back({"weight_grams", amount("weight_grams")});
    own.push_back({"weight_unit", &member(view_->account, "weight_unit")});
    return own;
  }
  void write_inventory(std::string& out) const {
    ShownMembers own = {{"allocated_stock_level_at_all_warehouses", whole(stock().allocated)},
                        {"available_stock_level_at_all_warehouses", available()},
                        {"incoming_stock_level_at_all_warehouses", whole(stock().incoming)},
                        {"infinite", Json(stock().infinite)},
                        {"physical_stock_level_at_all_warehouses", whole(stock().physical)}};
    if (view_->of_2026) {
      own.push_back({"transit_incoming_stock_level_at_all_warehouses", whole(stock().transit_in)});
      own.push_back({"transit_outgoing_stock_level_at_all_warehouses", whole(stock().transit_out)});
    }
    write_members(own, {}, out);
  }
  void write_measurement(std::string& out) const {
    const Json& stored = member(*stored_, "measurement_attributes");
    const auto side = [&](const char* name) { return money(*view_, member(stored, name)); };
    write_members({{"depth", side("depth")},
                   {"dimensions_unit", &member(view_->account, "dimensions_unit")},
                   {"height", side("height")},
                   {"id", &member(stored, "id")},
                   {"width", side("width")}},
                  {}, out);
  }

  const View* view_;
  const Head* head_;
  const Json* stored_;
  const Json* newer_;
  StockEntries entries_;
  std::string_view title_;  // empty: as the product
  std::string full_title_;
};

struct ProductParts {
  boost::container::small_vector<Sellable, 1> sellables = {};
  Stock total = {};

  void write_sellables(std::string& out) const { write_list(sellables, out); }
  void write_inventory(std::string& out) const { write_members({{"infinite", Json(total.infinite)}}, {}, out); }
};

}  // namespace

Json whole(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53: beyond it a double no longer holds every integer
  if (std::abs(value) < kExact && value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

Json whole(const Json& value) {
  if (value.is_number_float()) return whole(value.get<double>());
  return is_number(value) ? value : Json(0);
}

bool shows_newest_first(const HandlerCall& call) { return has_switch(call, "sellables_order", "newest_first"); }

View view_of(const HandlerCall& call) {
  return {.account = call.contract.account,
          .store = call.store,
          .warehouses = call.store.list("warehouses"),
          .floats = has_switch(call, "number_style", "float"),
          .zeros = has_switch(call, "stock_entries", "zeros"),
          .newest_first = shows_newest_first(call),
          .of_2026 = has_switch(call, "product_model", "2026")};
}

std::vector<std::size_t> shown_order(const Json& sellables, bool newest_first) {
  std::vector<std::size_t> order(sellables.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto newer = [&](std::size_t a, std::size_t b) { return amount_of(sellables[a], "id") > amount_of(sellables[b], "id"); };
  if (newest_first) std::ranges::stable_sort(order, newer);
  return order;
}

RenderedObject show_stock_entry(const View& view, const Json& sellable, const Json& entry, const Json& warehouse) {
  return StockEntry{.view = &view, .sellable = &sellable, .stored = &entry, .warehouse = &warehouse}.render();
}

Json show_sellable_of(const View& view, const Json& product, const Json& sellable) {
  const Head head(view, product);
  std::string text;
  Sellable(view, head, sellable).write(text);
  return parse_json(text).value_or(Json());
}

RenderedObject show_product(const View& view, const Json& product) {
  const Head head(view, product);
  ProductParts parts;
  const Json& sellables = list_of(product, "sellables");
  parts.sellables.reserve(sellables.size());
  for (const std::size_t i : shown_order(sellables, view.newest_first))
    parts.total.add(parts.sellables.emplace_back(view, head, sellables[i]).stock());
  const Stock& total = parts.total;
  ShownMembers own = {{"image", &head.image_source()}, {"inventory", part<&ProductParts::write_inventory>(parts)}};
  if (!view.of_2026) own.push_back({"main_image", part<&Head::write_main_image>(head)});
  own.push_back({"main_image_src", &head.image_source()});
  own.push_back({"on_hand_value", money(view, round_to(total.value, 6))});
  own.push_back({"sellables", part<&ProductParts::write_sellables>(parts)});
  if (view.of_2026) own.push_back({"thumbnail_url", &head.image_source()});
  own.push_back({"total_allocated_stock_level", whole(total.allocated)});
  own.push_back({"total_available_stock_level", whole(total.physical - total.allocated)});
  own.push_back({"total_stock_level", whole(total.physical)});
  return head.render(own);
}

}  // namespace understudy::veeqo
