#include <httplib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "contracts/src/yaml/yaml.h"
#include "tests/support/catch.h"
#include "tests/support/net/own_certificate.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::unique_ptr<httplib::SSLClient> trusting_client(const Wire& wire, const OwnCertificate& own) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's goodbye on a connection that a fault has reset; our wire never raises it
  auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", wire.port());
  client->set_ca_cert_path(own.certificate_file().c_str());
  client->enable_server_certificate_verification(true);
  client->set_keep_alive(true);
  client->set_read_timeout(10);
  return client;
}

}  // namespace

TEST_CASE("HTTPS serves requests over one verified connection", "[wire][tls]") {
  const OwnCertificate own;
  const auto wire = open_wire(echo, https(own));
  const auto client = trusting_client(*wire, own);
  const std::string large(1u << 20, 'x');

  const auto first = client->Get("/first");
  const auto second = client->Post("/second", large, "text/plain");

  REQUIRE(first);
  CHECK(first->body.starts_with("GET /first\n"));
  REQUIRE(second);
  CHECK(second->body.ends_with("\n\n" + large));
  CHECK(wire->counters().accepted == 1);
}

TEST_CASE("a fault breaks HTTPS as it breaks HTTP", "[wire][tls]") {
  const auto ending = GENERATE(Delivery::Ending::close, Delivery::Ending::reset);
  const OwnCertificate own;
  Delivery delivery;
  delivery.response.body = "hello";
  delivery.ending = ending;
  delivery.after_bytes = 2;
  const auto wire = open_wire(always(delivery), https(own));

  const auto answer = trusting_client(*wire, own)->Get("/");

  CHECK_FALSE(answer);
  CHECK(wire->counters().requests == 1);
}

TEST_CASE("stopping ends a stalled HTTPS answer", "[wire][tls]") {
  const OwnCertificate own;
  Delivery delivery;
  delivery.ending = Delivery::Ending::stall;
  const auto wire = open_wire(always(delivery), https(own));
  const auto client = trusting_client(*wire, own);
  std::thread stopper([&] {
    eventually([&] { return wire->counters().requests == 1; });
    wire->stop();
  });

  const auto answer = client->Get("/");
  stopper.join();

  CHECK_FALSE(answer);
  CHECK(wire->counters().open == 0);
}

TEST_CASE("plain HTTP on an HTTPS port ends in a closed connection", "[wire][tls]") {
  const OwnCertificate own;
  const auto wire = open_wire(echo, https(own));

  const auto seen = ask(wire->port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

  CHECK(seen.bytes.find("HTTP/1.1 200") == std::string::npos);
  CHECK(seen.end != RawSocket::End::silence);
  CHECK(wire->counters().requests == 0);
}

TEST_CASE("a handshake that never ends is cut at the request deadline", "[wire][tls]") {
  const OwnCertificate own;
  auto options = https(own);
  options.request_deadline = std::chrono::milliseconds(60);
  const auto wire = open_wire(echo, options);

  const auto seen = ask(wire->port(), "\x16\x03\x01");

  CHECK(seen.end == RawSocket::End::finished);
}

TEST_CASE("certificates that cannot serve are named", "[wire][tls]") {
  const OwnCertificate own;
  const OwnCertificate other;
  const auto text = own.certificate_file() + ".txt";
  std::ofstream(text) << "no PEM";
  const auto empty = text + ".empty", cut_key = text + ".cut", encrypted_key = text + ".encrypted";
  std::ofstream(empty).flush();
  std::ofstream(cut_key) << load_text(own.key_file())->substr(0, 60);
  std::ofstream(encrypted_key) << "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                  "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgb4Jk2kJ4VzQICCAAw\n"
                                  "-----END ENCRYPTED PRIVATE KEY-----\n";
  const auto folder = std::filesystem::path(text).parent_path().string();
  enum File { none, certificate, key, other_key, gone, no_pem, nothing, cut, encrypted, directory };
  const std::vector<std::string> files{"",      own.certificate_file(), own.key_file(), other.key_file(), text + ".gone", text, empty,
                                       cut_key, encrypted_key,          folder};
  struct Row {
    const char* why;
    File certificate;
    File key;
    File blamed;
  };
  const auto row = GENERATE(values<Row>({
      {"a certificate alone", certificate, none, certificate},
      {"a key alone", none, key, key},
      {"no such certificate", gone, key, gone},
      {"no such key", certificate, gone, gone},
      {"no certificate", no_pem, key, no_pem},
      {"no key", certificate, no_pem, no_pem},
      {"an empty certificate", nothing, key, nothing},
      {"an empty key", certificate, nothing, nothing},
      {"a key that is cut off", certificate, cut, cut},
      {"an encrypted key", certificate, encrypted, encrypted},
      {"a key for a certificate", key, key, key},
      {"a certificate for a key", certificate, certificate, certificate},
      {"a folder for a certificate", directory, key, directory},
      {"a folder for a key", certificate, directory, directory},
      {"the key of another certificate", certificate, other_key, other_key},
  }));
  INFO(row.why);

  const auto wire = Wire::open({.tls_certificate = files[row.certificate], .tls_key = files[row.key]}, echo);

  REQUIRE_FALSE(wire.has_value());
  CHECK(wire.error().code == "bad-certificate");
  CHECK(wire.error().failure == Failure::bad_file);
  CHECK(wire.error().place.file == files[row.blamed]);
}
