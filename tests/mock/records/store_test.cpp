#include "mock/state/transaction.h"

#include "tests/support/catch.h"

namespace understudy {
namespace {

Contract shelves() {
  Contract contract;
  contract.collections["stock"] = {.name = "stock", .id_member = "ID", .sequence = "", .id_from = "/ID"};
  return contract;
}

std::vector<int> ids_of(const std::vector<Record>& records) {
  std::vector<int> ids;
  for (const Record& record : records) ids.push_back(record->at("ID").get<int>());
  return ids;
}

std::vector<std::string> texts_of(const std::vector<Record>& records) {
  std::vector<std::string> texts;
  for (const Record& record : records) texts.push_back(render_json(*record));
  return texts;
}

}  // namespace

TEST_CASE("a record is read as it was packed", "[store]") {
  const char* text =
      GENERATE("{}", R"({"a":null,"b":[true,false,{}],"c":"\u0000\"\\\n\u00e9\ud83d\ude00","":0})",
               R"({"numbers":[0,-1,1.0,150.50,1e-7,1e400,-0.0,9223372036854775807,18446744073709551615,123456789012345678901234567890]})");
  const Json record = *parse_json(text);
  const PackedRecord packed(record), copy = packed, again(record), other(Json{{"other", 1}});

  CHECK(render_json(*packed.read()) == render_json(record));
  CHECK(packed.text() == render_json(record));
  CHECK(copy.is_same_block(packed));
  CHECK_FALSE(again.is_same_block(packed));
  CHECK(again == packed);
  CHECK_FALSE(other == packed);
  CHECK_FALSE(PackedRecord() == packed);
  CHECK(PackedRecord().read() == nullptr);
}

TEST_CASE("a record may have more levels than a request", "[store]") {
  Json deep = Json::object();
  for (std::size_t level = 1; level < kMaxJsonDepth + 50; ++level) deep = Json{{"in", std::move(deep)}};

  CHECK(render_json(*PackedRecord(deep).read()) == render_json(deep));
}

TEST_CASE("records are selected by their members, with an index as without one", "[store]") {
  const Contract contract = shelves();
  Store store(contract);
  for (const char* text : {R"({"ID":1,"SKU":"A","At":{"Place":1}})", R"({"ID":2,"SKU":"A","At":{"Place":"2"}})", R"({"ID":3,"SKU":5.0})",
                           R"({"ID":4,"SKU":"A","At":{"Place":1},"Open":null})"})
    store.put("stock", Json::parse(text));
  struct Case {
    const char *why, *where;
    std::vector<int> ids;
  };
  for (const Case& row : std::vector<Case>{{"one member", R"({"SKU":"A"})", {1, 2, 4}},
                                           {"two members, one by its pointer", R"({"SKU":"A","/At/Place":1})", {1, 4}},
                                           {"a text for a number", R"({"/At/Place":"1"})", {1, 4}},
                                           {"a number for a text", R"({"/At/Place":2})", {2}},
                                           {"one number in two forms", R"({"SKU":5})", {3}},
                                           {"any of a list", R"({"ID":[4,"2"]})", {2, 4}},
                                           {"null or absent", R"({"Open":null,"SKU":"A"})", {1, 2, 4}},
                                           {"none", R"({"SKU":"B"})", {}},
                                           {"texts that look like two values", R"({"SKU":"A\n=1","/At/Place":null})", {}},
                                           {"the id", R"({"ID":"3"})", {3}},
                                           {"no members", "{}", {1, 2, 3, 4}},
                                           {"no object", "null", {}}}) {
    INFO(row.why);
    const Json where = Json::parse(row.where);
    Transaction reading(store);
    CHECK(ids_of(reading.select("stock", where)) == row.ids);
    CHECK(reading.select("stock", where, 1).size() == std::min<std::size_t>(1, row.ids.size()));
    Transaction writing(store);  // which scans, because it has written
    writing.put("stock", *store.find("stock", "1"));
    CHECK(ids_of(writing.select("stock", where)) == row.ids);
  }
}

TEST_CASE("a selection sees what was replaced, removed and added since", "[store]") {
  auto contract = std::make_shared<Contract>(shelves());
  contract->api = "shelves";
  LiveState live(TenantState(Contracts{.apis = {contract}}));
  const Store& store = live.state().states_by_api.at("shelves").store;
  Transaction first(store);
  for (int id = 1; id <= 3; ++id) first.put("stock", {{"ID", id}, {"SKU", "A"}});
  first.commit(live);
  const Json where = {{"SKU", "A"}};
  CHECK(Transaction(store).select("stock", where).size() == 3);

  Transaction transaction(store);
  transaction.put("stock", {{"ID", 1}, {"SKU", "B"}});
  transaction.remove("stock", "2");
  transaction.put("stock", {{"ID", 9}, {"SKU", "A"}});

  CHECK(ids_of(transaction.select("stock", where)) == std::vector{3, 9});
  CHECK(ids_of(Transaction(store).select("stock", where)) == std::vector{1, 2, 3});
  using Kind = RecordWrite::Kind;
  CHECK(transaction.commit(live) ==
        RecordWrites{{Kind::updated, "stock", "1"}, {Kind::removed, "stock", "2"}, {Kind::created, "stock", "9"}});
  CHECK(ids_of(Transaction(store).select("stock", where)) == std::vector{3, 9});
}

TEST_CASE("to select by one member is to select by an object of it", "[store]") {
  const Contract contract = shelves();
  Store store(contract);
  for (const Json& record : {Json{{"ID", 1}, {"SKU", "A"}}, Json{{"ID", 2}, {"SKU", "A"}}, Json{{"ID", "b"}, {"SKU", nullptr}}})
    store.put("stock", record);
  Transaction transaction(store);
  const bool is_changed = GENERATE(false, true);
  if (is_changed) {
    transaction.remove("stock", "1");
    transaction.put("stock", {{"ID", 3}, {"SKU", "A"}});
  }

  for (const auto& [member, value] :
       {std::pair<std::string, Json>{"SKU", "A"}, {"SKU", nullptr}, {"ID", 2}, {"ID", "2"}, {"ID", "b"}, {"ID", nullptr}, {"Other", "A"}}) {
    const Json where = {{member, value}};
    INFO(where);
    for (const std::size_t most : {Transaction::kAll, std::size_t{1}})
      CHECK(texts_of(transaction.select("stock", member, value, most)) == texts_of(transaction.select("stock", where, most)));
  }
  CHECK(transaction.select("nothing", "ID", 1, 1).empty());
}

TEST_CASE("requests cannot make more indexes than the bound", "[store]") {
  const Contract contract = shelves();
  Store store(contract);
  store.put("stock", {{"ID", 1}, {"M7", 7}});
  int indexed = 0;
  for (int i = 0; i < 40; ++i) {
    const Json where = {{"M" + std::to_string(i), i}};
    indexed += store.find_equal("stock", where) ? 1 : 0;
    CHECK(Transaction(store).select("stock", where).size() == (i == 7 ? 1 : 0));
  }
  CHECK(indexed == 16);
}

}  // namespace understudy
