#include <fmt/format.h>

#include <boost/asio/ssl/context.hpp>
#include <fstream>

#include "mock/wire/session.h"

namespace understudy {
namespace {

namespace ssl = boost::asio::ssl;

tl::unexpected<Problem> unusable(const std::string& file, std::string message) {
  return tl::unexpected(make_problem(Failure::bad_file, "bad-certificate", std::move(message), Place{.file = file}));
}

}  // namespace

Result<TlsContext> load_tls(const WireOptions& options) {
  const auto &certificate_file = options.tls_certificate, &key_file = options.tls_key;
  const bool from_texts = !options.tls_certificate_text.empty();
  if (certificate_file.empty() && key_file.empty() && !from_texts) return nullptr;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1 | ssl::context::single_dh_use);
  boost::system::error_code error;
  if (from_texts) {
    context->use_certificate_chain(boost::asio::buffer(options.tls_certificate_text), error);
    if (!error) context->use_private_key(boost::asio::buffer(options.tls_key_text), ssl::context::pem, error);
    if (error) return unusable("", fmt::format("the certificate made for this server is not usable: {}", error.message()));
    return context;
  }
  if (certificate_file.empty() || key_file.empty()) {
    return unusable(certificate_file + key_file, "found only a certificate or only a key, expected both");
  }
  for (const auto& file : {certificate_file, key_file}) {
    if (!std::ifstream(file).good()) return unusable(file, "this file cannot be read");
  }
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return unusable(certificate_file, fmt::format("this is not a PEM certificate chain: {}", error.message()));
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return unusable(key_file, fmt::format("this is not the PEM key of the certificate: {}", error.message()));
  return context;
}

}  // namespace understudy
