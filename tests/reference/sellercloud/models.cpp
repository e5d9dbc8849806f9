#include "tests/reference/sellercloud/models.h"

#include <algorithm>
#include <array>

namespace reference {
namespace {

constexpr std::array kChannels{Choice{"Local_Store", 0}, Choice{"Website", 6}};
constexpr std::array kNoteCategories{Choice{"General", 0}, Choice{"Customer_Instructions", 1}, Choice{"Customer_Service_Note", 2}};
constexpr std::array kPurchaseOrderTypes{Choice{"PurchaseOrder", 0}, Choice{"CreditMemo", 1}, Choice{"VendorOffer", 2}};
constexpr std::array kCustomerTypes{Choice{"WholeSale", 0}, Choice{"Retail", 1}};
constexpr std::array kOrderStatuses{-1, 1, 2, 3, 100, 200, 300, 999};
constexpr std::array kDiscountTypes{Choice{"FixedAmount", 0}, Choice{"Percentage", 1}};

Field field(std::string_view name, Kind kind) { return {.name = name, .kind = kind, .model = nullptr, .choices = {}}; }
Field required(Field base) { return base.required = true, base; }
Field text(std::string_view name) { return field(name, Kind::text); }
Field integer(std::string_view name) { return field(name, Kind::integer); }
Field number(std::string_view name) { return field(name, Kind::number); }
Field boolean(std::string_view name) { return field(name, Kind::boolean); }
Field date(std::string_view name) { return field(name, Kind::date); }
Field choice(std::string_view name, std::span<const Choice> choices) {
  return {.name = name, .kind = Kind::choice, .model = nullptr, .choices = choices};
}
Field object(std::string_view name, const Model& model) { return {.name = name, .kind = Kind::object, .model = &model, .choices = {}}; }
Field list(std::string_view name, const Model& item) { return {.name = name, .kind = Kind::list, .model = &item, .choices = {}}; }
Field list_or_item(std::string_view name, const Model& item) {
  return {.name = name, .kind = Kind::list, .model = &item, .choices = {}, .wraps = true};
}

const Model& customer_model() {
  static const Model kModel{{integer("ID"), required(text("Email")), required(text("FirstName")), required(text("LastName")),
                             text("Business"), boolean("IsWholesale"), boolean("IgnoreCreditLimit")}};
  return kModel;
}

const Model& order_details_model() {
  static const Model kModel{{required(integer("CompanyID")), integer("MarketingSource"), integer("SalesRepresentative"),
                             boolean("TaxExempt"), boolean("GiftOrder"), required(choice("Channel", kChannels)), text("OrderSourceOrderID"),
                             boolean("IsCurrencyVisible"), integer("CurrencyCode"), number("CurrencyRateFromUSD"),
                             number("CurrencyRateToUSD"), boolean("IsQuoteOrder"), boolean("IsSampleOrder"),
                             boolean("DisableInventoryCount"), date("OrderDate"), text("EbaySellingManagerSalesRecordNumber")}};
  return kModel;
}

const Model& order_item_model() {
  static const Model kModel{{text("ProductID"), text("ReferenceID"), text("ProductName"), number("SitePrice"), number("DiscountValue"),
                             choice("DiscountType", kDiscountTypes), integer("Qty"), number("LineTaxTotal"), number("FinalValueFee"),
                             number("PricePerCase"), integer("QtyPerCase"), integer("TotalCases"), text("Notes"),
                             integer("ShipFromWareHouseID")}};
  return kModel;
}

// Orders and purchase orders spell their address lines differently.
const Model& order_address_model() {
  static const Model kModel{{text("Business"), text("FirstName"), text("MiddleName"), text("LastName"), text("Country"), text("City"),
                             text("State"), text("Region"), text("ZipCode"), text("Address"), text("Address2"), text("Phone"),
                             text("Fax")}};
  return kModel;
}

const Model& purchase_address_model() {
  static const Model kModel{{text("FirstName"), text("LastName"), text("MiddleName"), text("ZipCode"), text("City"), text("Country"),
                             text("Business"), text("AddressLine1"), text("AddressLine2"), text("Fax"), text("Region"), text("State"),
                             text("Phone")}};
  return kModel;
}

const Model& shipping_model() {
  static const Model kWeight{{number("Pounds"), number("Ounces")}};
  static const Model kDimension{{number("Width"), number("Height"), number("Length")}};
  static const Model kModel{{text("Carrier"), text("ShippingMethod"), object("Weight", kWeight), object("Dimension", kDimension),
                             number("HandlingFee"), number("ShippingFee"), number("InsuranceFee"), boolean("LockShippingMethod"),
                             boolean("RushOrder"), boolean("RequirePinToShip"), text("OtherCarrier"), text("OtherMethod"),
                             date("PromiseDate"), boolean("AllowShippingEvenNotPaid")}};
  return kModel;
}

const Model& note_model() {
  static const Model kModel{{integer("EntityID"), choice("Category", kNoteCategories), integer("NoteID"), text("Note"), date("AuditDate"),
                             integer("CreatedBy"), text("CreatedByName"), text("CreatedByEmail")}};
  return kModel;
}

const Model& gift_model() {
  static const Model kModel{{boolean("UseGiftWrap"), text("GiftMessage"), number("GiftWrap"), text("GiftWrapType")}};
  return kModel;
}

const Model& purchase_item_model() {
  static const Model kModel{{required(text("ProductID")), integer("QtyUnitsOrdered"), number("UnitPrice"), integer("QtyCasesOrdered"),
                             integer("QtyUnitsPerCase"), number("CasePrice"), choice("DiscountType", kDiscountTypes),
                             number("DiscountValue"), integer("WarehouseID"), text("ItemNotes")}};
  return kModel;
}

}  // namespace

const Model& credentials_model() {
  static const Model kModel{{required(text("Username")), required(text("Password"))}};
  return kModel;
}

const Model& product_model() {
  static const Model kModel{{required(integer("CompanyId")), required(text("ProductName")), required(text("ProductSKU")),
                             required(text("ProductTypeName")), integer("PurchaserId"), number("SiteCost"), number("DefaultPrice"),
                             integer("ManufacturerId"), boolean("AutoAssignUPC"), text("ProductNotes"), text("UPC")}};
  return kModel;
}

const Model& order_model() {
  static const Model kModel{{integer("ID"), required(object("CustomerDetails", customer_model())),
                             required(object("OrderDetails", order_details_model())), object("ShippingAddress", order_address_model()),
                             object("BillingAddress", order_address_model()), object("ShippingMethodDetails", shipping_model()),
                             field("PaymentDetails", Kind::any_object), list_or_item("Notes", note_model()),
                             list_or_item("Products", order_item_model()), object("GiftDetails", gift_model())}};
  return kModel;
}

const Model& purchase_order_model() {
  static const Model kModel{{required(integer("CompanyID")), required(integer("VendorID")), required(choice("POType", kPurchaseOrderTypes)),
                             required(boolean("CaseQtyMode")), integer("DefaultWarehouseID"), text("Description"), text("VendorNote"),
                             integer("PaymentTermID"), date("ExpectedDeliveryDate"), required(list("Products", purchase_item_model())),
                             object("BillingAddress", purchase_address_model()), object("ShippingAddress", purchase_address_model())}};
  return kModel;
}

const Model& order_change_model() {
  static const Model kModel{{integer("CompanyId"), integer("CustomerId"), integer("OrderSource"), integer("OrderSubType"),
                             integer("SalesRep1"), integer("CurrencyCode"), boolean("DisableInventoryCount"),
                             object("ShippingAddress", purchase_address_model()), object("BillingAddress", purchase_address_model())}};
  return kModel;
}

const Model& new_items_model() {
  static const Model kItem{{required(text("ProductID")), text("ReferenceID"), text("ProductName"), number("SitePrice"),
                            number("DiscountValue"), choice("DiscountType", kDiscountTypes), required(integer("Qty")),
                            number("LineTaxTotal"), number("FinalValueFee"), text("Notes")}};
  static const Model kModel{{required(list("Items", kItem))}};
  return kModel;
}

const Model& new_note_model() {
  static const Model kModel{{text("Message"), choice("Category", kNoteCategories)}};
  return kModel;
}

const Model& new_customer_model() {
  static const Model kModel{{integer("CompanyID"), required(text("FirstName")), text("LastName"), text("Email"), text("BusinessName"),
                             choice("CustomerType", kCustomerTypes), boolean("IsWholeSaleUser")}};
  return kModel;
}

bool is_order_status(std::int64_t code) { return std::find(kOrderStatuses.begin(), kOrderStatuses.end(), code) != kOrderStatuses.end(); }

int number_of(std::span<const Choice> choices, std::string_view name) {
  for (const Choice& one : choices) {
    if (one.name == name) return one.number;
  }
  return -1;
}

std::span<const Choice> channels() { return kChannels; }
std::span<const Choice> purchase_order_types() { return kPurchaseOrderTypes; }
std::span<const Choice> discount_types() { return kDiscountTypes; }
std::span<const Choice> note_categories() { return kNoteCategories; }

}  // namespace reference
