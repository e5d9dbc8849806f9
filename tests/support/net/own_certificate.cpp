#include "tests/support/net/own_certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace understudy::test {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

}  // namespace

OwnCertificate::OwnCertificate(const std::string& alternative_names) {
  auto pattern = (std::filesystem::temp_directory_path() / "understudy-tls-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  const std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Freer<X509_free>> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  auto* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  if (!alternative_names.empty()) {
    const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> alternative(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_names.c_str()));
    X509_add_ext(certificate.get(), alternative.get(), -1);
  }
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<std::FILE, Freer<std::fclose>> certificate_out(std::fopen(certificate_file().c_str(), "w"));
  PEM_write_X509(certificate_out.get(), certificate.get());
  const std::unique_ptr<std::FILE, Freer<std::fclose>> key_out(std::fopen(key_file().c_str(), "w"));
  PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

OwnCertificate::~OwnCertificate() { std::filesystem::remove_all(folder_); }

}  // namespace understudy::test
