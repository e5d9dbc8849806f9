// Numbers beyond 64 bits and doubles, over a real socket: what a client sends is stored, found and given back with the same digits.
#include "mock/mock.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

class Served {
 public:
  Served() : mock_(toy_contracts()) {
    wire_ = test::open_wire([this](Request&& request, const Peer& peer) {
      return mock_.handle(request, {.loopback = peer.loopback, .address = peer.address});
    });
    send("PUT", "/__admin/tenants/tester", R"({"api":"shelf"})");
    const std::string card = send("POST", "/shelf/login", R"({"user":"tester","SECRET":"demo"})");
    const auto from = card.find("\"token\":\"");
    REQUIRE(from != std::string::npos);
    token_ = card.substr(from + 9, card.find('"', from + 9) - from - 9);
  }

  // The status and the body.
  std::string send(const std::string& method, const std::string& path, const std::string& body = "") const {
    test::RawSocket socket(wire_->port());
    REQUIRE(socket.send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
                        token_ + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
    const std::string answer = socket.read_response().bytes;
    return answer.substr(9, 4) + answer.substr(answer.find("\r\n\r\n") + 4);
  }

 private:
  Mock mock_;
  std::unique_ptr<Wire> wire_;
  std::string token_;
};

}  // namespace

TEST_CASE("the mock gives back the number that it got", "[toy][number]") {
  struct Sent {
    const char* why;
    const char* copies;
    const char* price;
    const char* stored;  // empty: the digits of `price`
  };
  const auto row = GENERATE(values<Sent>({
      {"64 bits", "9007199254740993", "12.5", ""},
      {"beyond 64 bits and a double", "12345678901234567890123", "0.1000000000000000000001", ""},
      {"an integer that a double holds", "100000000000000000000", "100000000000000000000", ""},
      {"an exponent beyond a double", "1", "1e400", ""},
      {"numbers as text", "\"12345678901234567890123\"", "\"0.1000000000000000000001\"", "0.1000000000000000000001"},
      {"trailing zeros", "1", "1.10", "1.1"},
  }));
  INFO(row.why);
  const Served mock;
  const std::string title = R"({"Title":"A","Genre":"Novel",)";
  std::string copies = row.copies;
  std::erase(copies, '"');
  const std::string price = *row.stored == '\0' ? row.price : row.stored;
  const std::string book =
      R"({"BookId":100,"Copies":)" + copies + R"(,"Genre":"Novel","Price":)" + price + R"(,"State":"on the shelf","Title":"A"})";

  const std::string made = mock.send("POST", "/shelf/books", title + "\"Copies\":" + row.copies + ",\"Price\":" + row.price + "}");
  const std::string snapshot = mock.send("POST", "/__admin/tenants/tester/snapshots/s");
  const std::string kept = mock.send("GET", "/__admin/tenants/tester/snapshots/s").substr(4);
  mock.send("DELETE", "/shelf/books/100");
  const std::string put = mock.send("PUT", "/__admin/tenants/tester/snapshots/t", kept);
  const std::string restored = mock.send("POST", "/__admin/tenants/tester/snapshots/t/restore");

  CHECK(made == "201 " + book);
  CHECK_THAT(kept, CONTAINS("\"Price\":" + price));
  INFO(snapshot << put << restored);
  CHECK(mock.send("GET", "/shelf/books/100") == "200 " + book);
}

TEST_CASE("numbers beyond 64 bits are judged, found and refused by their value", "[toy][number]") {
  const Served mock;

  CHECK(mock.send("POST", "/shelf/books", R"({"Title":"A","Genre":"Novel","Copies":-12345678901234567890123})").starts_with("422 "));
  CHECK(mock.send("POST", "/shelf/books", R"({"Title":"A","Genre":"Novel","Price":-1e-400})").starts_with("422 "));
  CHECK(mock.send("POST", "/shelf/books", R"({"Title":"A","Genre":"Novel","Copies":0.1000000000000000000001})").starts_with("400 "));
  CHECK_THAT(mock.send("POST", "/shelf/books", R"({"Title":"A","Genre":"Novel","Copies":1e9999999999})"), CONTAINS("400 "));
  CHECK(mock.send("PUT", "/__admin/tenants/tester/records/shelf/books/12345678901234567890123", R"({"Title":"B","Genre":"Novel"})")
            .starts_with("20"));
  CHECK_THAT(mock.send("GET", "/shelf/books/12345678901234567890123"), CONTAINS("\"BookId\":12345678901234567890123"));
  CHECK(mock.send("GET", "/shelf/books/12345678901234567890124").starts_with("404 "));
  CHECK_THAT(mock.send("GET", "/shelf/books?page=12345678901234567890123"), CONTAINS("\"Items\":[]"));
}

}  // namespace understudy
