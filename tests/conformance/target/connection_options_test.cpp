// TLS and proxies between the runner and its target, over real sockets.
#include "conformance/target/connection_options.h"

#include <httplib.h>

#include <atomic>
#include <csignal>
#include <regex>
#include <thread>

#include "conformance/target/http_transport.h"
#include "contracts/src/yaml/yaml.h"
#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/forward_proxy.h"
#include "tests/support/net/own_certificate.h"
#include "tests/support/net/process.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

Url at(const std::string& scheme, int port) { return {.scheme = scheme, .host = "127.0.0.1", .port = port}; }

const Request kRequest{.method = "POST", .target = "/things?a=1", .headers = {{"X-One", "1"}}, .body = "body"};

TransportResult send_by(const ConnectionOptions& connection, const Url& url) {
  HttpTransport transport(connection);
  return transport.send(url, kRequest, {.deadline = std::chrono::seconds(10), .as_is = false});
}

// An HTTPS server that talks only to who shows the certificate.
class AskingServer {
 public:
  explicit AskingServer(const OwnCertificate& own)
      : server_(own.certificate_file().c_str(), own.key_file().c_str(), own.certificate_file().c_str()) {
    std::signal(SIGPIPE, SIG_IGN);
    server_.Post("/things", [](const httplib::Request&, httplib::Response& response) { response.set_content("known", "text/plain"); });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~AskingServer() {
    server_.stop();
    thread_.join();
  }
  AskingServer(const AskingServer&) = delete;
  AskingServer& operator=(const AskingServer&) = delete;
  int port() const { return port_; }

 private:
  httplib::SSLServer server_;
  int port_ = 0;
  std::thread thread_;
};

Tls trusting(const std::string& ca) { return {.ca_file = ca}; }

}  // namespace

TEST_CASE("a server is trusted by the configured CA only", "[connection][tls]") {
  const OwnCertificate own, other;
  const auto ca = own.certificate_file(), another = other.certificate_file();
  const auto wire = open_wire(echo, https(own));
  struct Row {
    const char* why;
    Tls tls;
    Outcome outcome;
    const char* detail;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"its own CA", trusting(ca), Outcome::answered, ""},
      {"another CA", trusting(another), Outcome::unreachable, "certificate"},
      {"those that the system trusts", Tls(), Outcome::unreachable, "certificate"},
      {"no verification, on this machine", {.verify = false}, Outcome::answered, ""},
  }));
  INFO(row.why);

  const auto result = send_by({.tls = row.tls}, at("https", wire->port()));

  CHECK(result.outcome == row.outcome);
  CHECK_THAT(result.detail, CONTAINS(row.detail));
}

TEST_CASE("a certificate is for the hosts among its alternative names, whatever its common name is", "[connection][tls]") {
  struct Row {
    const char* why;
    const char* names;
    Outcome outcome;
    const char* detail;
  };
  const auto row = GENERATE(values<Row>({
      {"the host", "IP:127.0.0.1", Outcome::answered, ""},
      {"the host, after others", "email:a@b.test,DNS:shop.example,IP:127.0.0.1", Outcome::answered, ""},
      {"none", "", Outcome::unreachable, "no subject alternative name for a host"},
      {"none for a host", "email:a@b.test,URI:https://127.0.0.1/", Outcome::unreachable, "no subject alternative name for a host"},
      {"another host", "DNS:shop.example", Outcome::unreachable, "127.0.0.1"},
  }));
  INFO(row.why);
  const OwnCertificate own(row.names);
  std::atomic<int> received = 0;
  const auto wire = open_wire(
      [&](Request&& request, const Peer& peer) {
        ++received;
        return echo(std::move(request), peer);
      },
      https(own));

  const auto result = send_by({.tls = trusting(own.certificate_file())}, at("https", wire->port()));

  CHECK(result.outcome == row.outcome);
  CHECK_THAT(result.detail, CONTAINS(row.detail));
  CHECK(received == (row.outcome == Outcome::answered ? 1 : 0));
}

TEST_CASE("a server that asks for a certificate gets the runner's", "[connection][tls]") {
  const OwnCertificate own, other;
  const AskingServer server(own);
  const auto ca = own.certificate_file(), key = own.key_file(), another = other.certificate_file(), another_key = other.key_file();
  struct Row {
    const char* why;
    std::string certificate, key;
    Outcome outcome;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"the right one", ca, key, Outcome::answered},
      {"none", "", "", Outcome::unreachable},
      {"one that it does not know", another, another_key, Outcome::unreachable},
  }));
  INFO(row.why);
  auto tls = trusting(ca);
  tls.certificate_file = row.certificate;
  tls.key_file = row.key;

  const auto result = send_by({.tls = tls}, at("https", server.port()));

  INFO(result.detail);
  // In TLS 1.3 the refusal comes after the handshake: its alert, or just the end of the connection where a reset overtakes it.
  CHECK((result.outcome == Outcome::answered) == (row.outcome == Outcome::answered));
  CHECK(result.response.body == (row.outcome == Outcome::answered ? "known" : ""));
}

TEST_CASE("a file that is no certificate or no key is named before anything is sent", "[connection][tls]") {
  const OwnCertificate own;
  const auto read = [](const std::string& file) { return *load_text(file); };
  const auto certificate = read(own.certificate_file()), key = read(own.key_file());
  struct Row {
    const char* why;
    std::string text;
    const char* kind;
    const char* code;  // "": right
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"a certificate", certificate, "CERTIFICATE", ""},
      {"a certificate behind a key and a comment", "mine\n" + key + certificate, "CERTIFICATE", ""},
      {"with line ends of Windows", std::regex_replace(certificate, std::regex("\n"), "\r\n"), "CERTIFICATE", ""},
      {"a key", key, "PRIVATE KEY", ""},
      {"a key behind its certificate", certificate + key, "PRIVATE KEY", ""},
      {"an empty file", "", "CERTIFICATE", "not-pem"},
      {"a text", "no certificate\n", "CERTIFICATE", "not-pem"},
      {"a certificate that is cut off", certificate.substr(0, certificate.size() / 2), "CERTIFICATE", "not-pem"},
      {"a certificate whose middle is lost", certificate.substr(0, 100) + certificate.substr(200), "CERTIFICATE", "not-pem"},
      {"a certificate with a character that base64 lacks", std::string(certificate).replace(100, 1, "!"), "CERTIFICATE", "not-pem"},
      {"frame without content", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "CERTIFICATE", "not-pem"},
      {"DER instead of PEM", std::string("\x30\x03\x02\x01\x00", 5), "CERTIFICATE", "not-pem"},
      {"a key instead of a certificate", key, "CERTIFICATE", "not-pem"},
      {"a certificate instead of a key", certificate, "PRIVATE KEY", "not-pem"},
      {"a key that is cut off", key.substr(0, key.size() / 2), "PRIVATE KEY", "not-pem"},
      {"a key whose middle is lost", key.substr(0, 60) + key.substr(100), "PRIVATE KEY", "not-pem"},
      {"an encrypted key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAw\n-----END ENCRYPTED PRIVATE KEY-----\n", "PRIVATE KEY",
       "encrypted-key"},
      {"an encrypted key of the old form",
       "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMAAw\n-----END RSA PRIVATE KEY-----\n",
       "PRIVATE KEY", "encrypted-key"},
  }));
  INFO(row.why);

  const auto checked = check_pem(row.text, row.kind, "its.pem");

  CHECK(checked.has_value() == (*row.code == '\0'));
  if (!checked) CHECK(checked.error().code == row.code);
  if (!checked) CHECK_THAT(checked.error().message, CONTAINS("its.pem"));
}

TEST_CASE("a client certificate whose key is another's is named, and nothing is sent", "[connection][tls][verify]") {
  const OwnCertificate own, other;
  const AskingServer server(own);

  const auto result =
      send_by({.tls = {.ca_file = own.certificate_file(), .certificate_file = own.certificate_file(), .key_file = other.key_file()}},
              at("https", server.port()));
  const auto run =
      run_understudy({"verify", "--run", "product-create", "--target", "https://127.0.0.1:" + std::to_string(server.port()), "--ca-cert",
                      own.certificate_file(), "--client-cert", own.certificate_file(), "--client-key", other.key_file()});

  CHECK(result.outcome == Outcome::unreachable);
  CHECK(result.bad_certificate);
  CHECK_THAT(result.detail, CONTAINS(own.certificate_file()) && CONTAINS(other.key_file()));
  CHECK(run.code == 2);
  CHECK_THAT(run.out + run.err, CONTAINS("[bad-certificate]") && CONTAINS(other.key_file()));
}

TEST_CASE("plain requests go through a proxy with their whole URL, others in a tunnel", "[connection][proxy]") {
  const OwnCertificate own;
  const auto ca = own.certificate_file();
  const bool secure = GENERATE(false, true);
  const auto wire = open_wire(echo, secure ? https(own) : WireOptions{});
  const ForwardProxy proxy;
  const auto url = at(secure ? "https" : "http", wire->port());

  const auto result = send_by({.tls = trusting(ca), .proxies = {.http = proxy.url(), .https = proxy.url()}}, url);

  INFO(result.detail);
  REQUIRE(result.outcome == Outcome::answered);
  CHECK(result.response.status == 200);
  CHECK(result.response.body.starts_with("POST /things?a=1\n"));
  CHECK_THAT(result.response.body, CONTAINS("\n\nbody"));
  CHECK_FALSE(find_header(result.response.headers, "Proxy-Agent"));
  const auto heads = proxy.heads();
  REQUIRE(heads.size() == 1);
  const auto authority = "127.0.0.1:" + std::to_string(wire->port());
  INFO(heads.front());
  CHECK(heads.front().starts_with((secure ? "CONNECT " + authority : "POST http://" + authority + "/things?a=1") + " HTTP/1.1\r\n"));
}

TEST_CASE("a proxy that is missing or refuses makes the target unreachable", "[connection][proxy]") {
  const OwnCertificate own;
  const auto wire = open_wire(echo, https(own));
  const auto ca = own.certificate_file();
  const ForwardProxy refusing("403 Forbidden");
  const bool is_there = GENERATE(false, true);
  const auto proxy = is_there ? refusing.url() : "http://127.0.0.1:1";

  const auto result = send_by({.tls = trusting(ca), .proxies = {.https = proxy}}, at("https", wire->port()));

  CHECK(result.outcome == Outcome::unreachable);
  CHECK(!result.detail.empty());
  CHECK(wire->counters().requests == 0);
}

TEST_CASE("the runner judges a target over TLS, by a CA and through a proxy; a wrong CA ends with exit code 4", "[connection][verify]") {
  Mock mock(bundled_contracts());
  const OwnCertificate own, other;
  const auto wire =
      open_wire([&](Request&& request, const Peer& peer) { return mock.handle(request, {.loopback = peer.loopback}); }, https(own));
  const ForwardProxy proxy;
  const auto url = "https://127.0.0.1:" + std::to_string(wire->port());
  const auto verify = [&](std::vector<std::string> more, const std::vector<std::string>& environment = {}) {
    more.insert(more.begin(), {"verify", "--target", url, "--run", "product-create"});
    return run_understudy(more, environment);
  };

  const auto right = verify({"--ca-cert", own.certificate_file()});
  const auto wrong = verify({"--ca-cert", other.certificate_file()});
  const auto missing = verify({"--ca-cert", "nobody.pem"});
  const auto proxied = verify({"--ca-cert", own.certificate_file(), "--proxy", proxy.url()});
  const auto tunnels = proxy.heads().size();
  const auto silent = verify({"--insecure"}, {"https_proxy=" + proxy.url(), "HTTPS_PROXY=" + proxy.url(), "all_proxy=" + proxy.url()});

  CHECK(right.code == 0);
  CHECK(wrong.code == 4);
  CHECK_THAT(wrong.err, CONTAINS("cannot reach " + url));
  CHECK_THAT(wrong.err, CONTAINS("certificate"));
  CHECK_THAT(wrong.err, CONTAINS("[target-unreachable]"));
  CHECK(missing.code == 2);
  CHECK_THAT(missing.err, CONTAINS("--ca-cert: "));
  CHECK(proxied.code == 0);
  CHECK(tunnels >= 1);
  CHECK(silent.code == 0);
  CHECK(proxy.heads().size() == tunnels);  // the environment's proxy is never asked for this machine
}
