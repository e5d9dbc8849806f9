#include "mock/wire/certificate.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace understudy {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

constexpr auto kClockSkew = std::chrono::hours(24);
constexpr auto kLifetime = std::chrono::hours(24 * 365);
constexpr int kSerialBits = 127;  // positive, at most 20 bytes (RFC 5280 4.1.2.2)

bool is_address(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

bool set_serial(X509* certificate) {
  const Owned<BIGNUM, BN_free> number(BN_new());
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_time(ASN1_TIME* field, Time time) {
  return ASN1_TIME_set(field, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count()) != nullptr;
}

bool add_extension(X509* certificate, int id, const char* value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, nullptr, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Adds each name by itself: in the list syntax of OpenSSL a comma inside a host would start a second name.
bool add_hosts(X509* certificate, const std::vector<std::string>& hosts) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  for (const auto& host : hosts) {
    auto* name = a2i_GENERAL_NAME(nullptr, nullptr, nullptr, is_address(host) ? GEN_IPADD : GEN_DNS, host.c_str(), 0);
    if (name == nullptr || sk_GENERAL_NAME_push(names.get(), name) == 0) return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

template <class Write>
std::string to_pem(Write write) {
  const Owned<BIO, BIO_free_all> out(BIO_new(BIO_s_mem()));
  if (!out || write(out.get()) != 1) return {};
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Result<PemPair> make_certificate(const std::vector<std::string>& hosts, Time now) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  bool ok = key && certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 && set_serial(certificate.get()) &&
            set_time(X509_getm_notBefore(certificate.get()), now - kClockSkew) &&
            set_time(X509_getm_notAfter(certificate.get()), now + kLifetime) && X509_set_pubkey(certificate.get(), key.get()) == 1;
  if (ok) {
    auto* name = X509_get_subject_name(certificate.get());
    constexpr auto kName = "understudy (self-signed)";
    ok = X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(kName), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate.get(), name) == 1 &&
         add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate.get(), NID_ext_key_usage, "serverAuth") && add_hosts(certificate.get(), hosts) &&
         X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0;
  }
  PemPair pair;
  if (ok) {
    pair.certificate = to_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
    pair.key = to_pem([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  if (pair.certificate.empty() || pair.key.empty()) {
    return tl::unexpected(
        make_problem(Failure::usage, "cannot-certify", "cannot make a certificate for " + (hosts.empty() ? "no host" : hosts.front())));
  }
  return pair;
}

}  // namespace understudy
