// Every kind of fault in every phase over HTTP and HTTPS, as a client on the wire sees it and as a read afterwards finds it: one
// table, which is also the one in docs/faults.md.
#include <fmt/format.h>

#include <array>
#include <chrono>

#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/net/own_certificate.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/tls_socket.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/pages.h"

using namespace understudy;
using namespace understudy::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kSilence = 150ms;  // how long a client listens to somebody who says nothing
constexpr auto kDelay = 20ms;
constexpr std::size_t kDripBytes = 100;
constexpr auto kDripEvery = 3ms;

const std::vector<Json>& kinds() {
  static const std::vector<Json> list = {
      {{"kind", "answer"}, {"answer", "server_error"}},
      {{"kind", "status"}, {"status", 503}},
      {{"kind", "delay"}, {"delay", kDelay.count()}},
      {{"kind", "drip"}, {"drip", {{"bytes", kDripBytes}, {"every", kDripEvery.count()}}}},
      {{"kind", "stall"}},
      {{"kind", "reset"}},
      {{"kind", "reset"}, {"after_bytes", 3}},
      {{"kind", "close"}},
      {{"kind", "truncate"}},
      {{"kind", "garbage"}},
      {{"kind", "malformed_chunk"}},
      {{"kind", "wrong_content_type"}},
      {{"kind", "expire_token"}},
      {{"kind", "throttle"}},
  };
  return list;
}

std::string name_of(const Json& kind) {
  return kind.at("kind").get<std::string>() +
         (kind.contains("after_bytes") ? fmt::format(", {} bytes", kind.at("after_bytes").get<int>()) : "");
}

// One client that asks one thing and reads to the end.
struct Heard {
  RawSocket::Received received;
  std::chrono::steady_clock::duration took;
};

Heard hear(bool secure, std::uint16_t port, const std::string& request, std::chrono::milliseconds deadline) {
  const auto talk = [&](auto&& socket) {
    const auto start = std::chrono::steady_clock::now();
    socket.send(request);
    auto received = socket.read_to_end();
    return Heard{.received = std::move(received), .took = std::chrono::steady_clock::now() - start};
  };
  if (!secure) return talk(RawSocket(port, deadline));
  TlsSocket socket(port);
  socket.set_deadline(deadline);
  return talk(socket);
}

std::size_t content_length(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

// What came, in words.
std::string describe_bytes(const std::string& bytes) {
  if (bytes.empty()) return "nothing";
  if (!bytes.starts_with("HTTP/1.1 ")) return "no HTTP";
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return "half a head";
  const std::string head = bytes.substr(0, end + 2), body = bytes.substr(end + 4), status = bytes.substr(9, 3);
  const std::string label = head.find("Content-Type: text/html") == std::string::npos ? "" : " as HTML";
  if (head.find("Transfer-Encoding: chunked") != std::string::npos)
    return status + (body.ends_with("0\r\n\r\n") ? " in chunks" : ", chunks break");
  const std::size_t promised = content_length(head);
  return body.size() == promised ? status + label : fmt::format("{}, {} of {} bytes", status, body.size(), promised);
}

std::string describe_heard(const Heard& heard, const Json& kind) {
  std::string words = describe_bytes(heard.received.bytes);
  switch (heard.received.end) {
    case RawSocket::End::finished: words += ", FIN"; break;
    case RawSocket::End::reset: words += ", RST"; break;
    case RawSocket::End::silence: words += ", silence"; break;
    case RawSocket::End::open: words += ", open"; break;
  }
  // Only a lower bound can be asserted: a loaded machine is as late as it likes.
  const auto pieces = heard.received.bytes.empty() ? 0 : (heard.received.bytes.size() - 1) / kDripBytes;
  if (kind.at("kind") == "delay") words += heard.took >= kDelay ? ", late" : ", at once";
  if (kind.at("kind") == "drip") words += heard.took >= kDripEvery * pieces ? ", late" : ", at once";
  return words;
}

std::string post(const std::string& path, const std::string& body, const std::string& token) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer "
      "{}\r\nContent-Length: "
      "{}\r\n\r\n{}",
      path, token, body.size(), body);
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

// The mock, behind HTTP or HTTPS.
class House {
 public:
  explicit House(bool secure) : secure_(secure), mock_(bundled_contracts(), {.demo = false}) {
    wire_ = open_wire([this](Request&& request, const Peer& peer) { return mock_.handle(request, {.loopback = peer.loopback}); },
                      secure ? https(certificate_) : WireOptions{});
  }

  // What the client sees of a call with that fault, and what is there afterwards.
  std::string play(Json fault, const Json& phase) {
    const bool between = phase.is_object();
    const std::string operation = between ? "sellercenter.createProducts" : "sellercloud.createProduct";
    REQUIRE(mock_.stage("guest", {{"clock", "2026-03-02T09:00:00Z"}}));
    const std::string token = log_in();
    const Json kind = fault;
    fault["on"] = operation;
    fault["phase"] = phase;
    fault["call"] = 1;
    const Json armed = arm(fault);
    if (armed.contains("code")) return armed.at("code").get<std::string>();
    const auto before = wire_->counters().requests;

    const Json product = {{"CompanyId", 163}, {"ProductName", "Lamp"}, {"ProductSKU", "S-1"}, {"ProductTypeName", "General"}};
    const auto item = [](const char* sku) {
      return Json{{"attribute_set", "1"}, {"seller", "624"}, {"seller_sku", sku}, {"title", "Lamp"}, {"price", "10.00"}};
    };
    const Json batch = Json::array(
        {{{"api", 1}, {"method", "auth"}, {"params", {{"username", "guest"}, {"password", "demo"}}}},
         {{"api", 1}, {"method", "Product.createProducts"}, {"params", {{"productsInfo", {item("A"), item("B")}}}}, {"id", 1}}});
    const std::string request =
        between ? post("/sellercenter", render_json(batch), "none") : post("/sellercloud/rest/api/Products", render_json(product), token);
    const Heard heard = hear(secure_, wire_->port(), request, kind.at("kind") == "stall" ? std::chrono::milliseconds(kSilence) : 10'000ms);
    REQUIRE(eventually([&] { return wire_->counters().requests > before; }));

    return describe_heard(heard, kind) + "; " + find_kept(between ? "sellercenter.products" : "sellercloud.products");
  }

 private:
  // Over the wire, as a user would.
  Json arm(const Json& fault) {
    const std::string body = render_json(fault);
    const std::string request =
        fmt::format("POST /__admin/tenants/guest/faults HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                    body.size(), body);
    return parse_json(body_of(hear(secure_, wire_->port(), request, 10'000ms).received.bytes)).value_or(Json::object());
  }

  Json read_admin(const std::string& path) {
    const Request request{.method = "GET", .target = "/__admin/tenants/guest" + path};
    return parse_json(mock_.handle(request).response.body).value_or(Json::object());
  }

  std::string log_in() {
    const Json body = {{"Username", "guest"}, {"Password", "demo"}};
    const Request request{.method = "POST",
                          .target = "/sellercloud/rest/api/token",
                          .headers = {{"Content-Type", "application/json"}},
                          .body = render_json(body)};
    return parse_json(mock_.handle(request).response.body).value_or(Json::object()).value("access_token", "");
  }

  // The read must agree with what the journal says was committed.
  std::string find_kept(const std::string& collection) {
    const std::size_t there = read_admin("/records?collection=" + collection).at("records").size();
    const Json entry = read_admin("/requests").at("requests").back();
    std::size_t created = 0;
    for (const Json& change : entry.at("committed")) created += collection.ends_with(change.at("collection").get<std::string>()) ? 1 : 0;
    if (created != there) return fmt::format("{} there, but the journal says {}", there, created);
    return there == 0 ? "gone" : fmt::format("{} there", there);
  }

  const bool secure_;
  OwnCertificate certificate_;
  Mock mock_;
  std::unique_ptr<Wire> wire_;
};

std::string render_phase(const Json& phase) { return phase.is_object() ? "between_items: 1" : phase.get<std::string>(); }

}  // namespace

TEST_CASE("every kind of fault does in every phase, over HTTP and HTTPS, what the table says", "[faults][wire][tls]") {
  House plain(false), secure(true);
  std::string table = fmt::format("{:<20} {:<17} {:<46} {}\n", "kind", "phase", "http", "https");

  for (const Json& kind : kinds()) {
    for (const Json& phase : {Json("before"), Json("before_commit"), Json("after_commit"), Json{{"between_items", 1}}}) {
      INFO(name_of(kind) << " " << render_phase(phase));
      const std::string http = plain.play(kind, phase), https = secure.play(kind, phase);
      CHECK(http == https);
      table += fmt::format("{:<20} {:<17} {:<46} {}\n", name_of(kind), render_phase(phase), http, http == https ? "the same" : https);
    }
  }

  INFO(table);
  CHECK(differs_from_golden(table, "fault-matrix.txt") == "");
  CHECK(load_page("docs/faults.md").find(table) != std::string::npos);
}
