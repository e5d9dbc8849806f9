// Owns a key and a certificate for 127.0.0.1 that signs itself, as PEM files that go away with it, and a wire that serves with it.
#pragma once

#include <string>

#include "mock/wire/wire.h"

namespace understudy::test {

class OwnCertificate {
 public:
  // `alternative_names` in the words of openssl.cnf; empty: none, so that only the common name is 127.0.0.1.
  explicit OwnCertificate(const std::string& alternative_names = "IP:127.0.0.1");
  ~OwnCertificate();
  OwnCertificate(const OwnCertificate&) = delete;
  OwnCertificate& operator=(const OwnCertificate&) = delete;

  std::string certificate_file() const { return folder_ + "/certificate.pem"; }
  std::string key_file() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

inline WireOptions https(const OwnCertificate& own) { return {.tls_certificate = own.certificate_file(), .tls_key = own.key_file()}; }

}  // namespace understudy::test
