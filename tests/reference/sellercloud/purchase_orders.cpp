// Purchase orders of Sellercloud: the rules of the vendor's article, in the order in which they are judged.
#include <array>

#include "tests/reference/sellercloud/calls.h"
#include "tests/reference/sellercloud/models.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

bool is_set(const Json& item, std::string_view name) { return item.contains(std::string(name)) && number_at(item, name) != 0; }

enum class Mode { units, cases };

// One field of an item belongs to one quantity mode: required there, and nothing but 0 in the other.
struct ModeField {
  std::string_view name;
  Mode mode;
  bool is_price;  // a price may be 0, a quantity may not
};
constexpr std::array kModeFields{
    ModeField{"QtyUnitsOrdered", Mode::units, false}, ModeField{"UnitPrice", Mode::units, true},
    ModeField{"QtyCasesOrdered", Mode::cases, false}, ModeField{"QtyUnitsPerCase", Mode::cases, false},
    ModeField{"CasePrice", Mode::cases, true},
};

constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF "
    "CG CH CI CK CL CM CN "
    "CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR "
    "GS GT GU GW GY HK HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA "
    "MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US "
    "UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW ";

bool is_country(std::string_view code) {
  if (code.size() != 2 || code.find(' ') != std::string_view::npos) return false;
  for (std::size_t at = 0; at < kCountries.size(); at += 3) {
    if (same_word(kCountries.substr(at, 2), code)) return true;
  }
  return false;
}

using Broken = std::optional<std::string>;  // the sentence of the first broken rule

Broken judge_mode_field(const Json& item, const ModeField& field, Mode mode, const Rules& rules) {
  const std::string name(field.name);
  if (field.is_price && number_at(item, name) < 0 && rules.keeps("price_not_negative")) return name + " cannot be negative.";
  if (mode != field.mode) {
    if (is_set(item, name) && rules.keeps("other_mode_unset")) return name + " should not be set in this case quantity mode.";
    return std::nullopt;
  }
  if (!item.contains(name) && rules.keeps("mode_field_required")) return name + " is required in this case quantity mode.";
  if (item.contains(name) && !field.is_price && number_at(item, name) <= 0 && rules.keeps("quantity_positive"))
    return name + " should be greater than 0.";
  return std::nullopt;
}

Broken judge_country(const Json& order, std::string_view which, const Rules& rules) {
  if (!order.contains(std::string(which))) return std::nullopt;
  const Json& address = object_at(order, which);
  if (!address.contains("Country"))
    return rules.keeps("country_required") ? Broken(std::string(which) + " needs a Country.") : std::nullopt;
  const std::string country = text_at(address, "Country");
  if (is_country(country)) return std::nullopt;
  return rules.keeps("country_two_letters") ? Broken("Country of " + std::string(which) + " should be a two letter code.") : std::nullopt;
}

// The client settings are off: no bill-to address, discounts allowed, an expected delivery date ignored.
Broken judge(const Json& order, const Rules& rules) {
  if (integer_at(order, "CompanyID") < 1) return "CompanyID should be greater than 0.";
  if (integer_at(order, "VendorID") < 1 && rules.keeps("vendor_positive")) return "VendorID should be greater than 0.";
  const Json& products = list_at(order, "Products");
  if (products.empty() && rules.keeps("products_not_empty")) return "Please provide at least one product.";
  const Mode mode = true_at(order, "CaseQtyMode") ? Mode::cases : Mode::units;
  for (const ModeField& field : kModeFields) {
    for (const Json& item : products) {
      if (auto broken = judge_mode_field(item, field, mode, rules)) return broken;
    }
  }
  if (order.contains("BillingAddress") && rules.keeps("bill_to_off")) {
    return "BillingAddress can only be provided if 'Enable BillTo address for Purchase Orders' is enabled.";
  }
  if (auto broken = judge_country(order, "BillingAddress", rules)) return broken;
  return judge_country(order, "ShippingAddress", rules);
}

}  // namespace

Answer create_purchase_order(const SellercloudCall& call) {
  const Bound bound = bind(call.body, purchase_order_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json order = bound.body;
  if (const Broken broken = judge(order, call.rules)) return refuse("rule_broken", *broken);

  order.erase("ExpectedDeliveryDate");
  if (is_set(order, "DefaultWarehouseID") && order.contains("Products")) {
    for (Json& item : order["Products"]) item["WarehouseID"] = order["DefaultWarehouseID"];
  }
  const std::int64_t id = call.account.next_purchase_order++;
  order["CreatedOn"] = write_seconds(call.clock.now());
  call.account.purchase_orders[id] = std::move(order);
  return json_answer("purchase_order_created", 200, {{"Id", id}});
}

}  // namespace reference
