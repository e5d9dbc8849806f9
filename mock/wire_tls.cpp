#include <fmt/format.h>

#include <boost/asio/ssl/context.hpp>
#include <fstream>

#include "mock/wire_session.h"

namespace understudy {
namespace {

namespace ssl = boost::asio::ssl;

tl::unexpected<Problem> unusable(const std::string& file, std::string message) {
  return tl::unexpected(Problem{
      .failure = Failure::bad_file, .code = "bad-certificate", .message = std::move(message), .place = {.file = file}, .source_line = {}});
}

}  // namespace

Result<TlsContext> load_tls(const std::string& certificate_file, const std::string& key_file) {
  if (certificate_file.empty() && key_file.empty()) return nullptr;
  if (certificate_file.empty() || key_file.empty()) {
    return unusable(certificate_file + key_file, "found a certificate or a key alone, expected both");
  }
  for (const auto& file : {certificate_file, key_file}) {
    if (!std::ifstream(file).good()) return unusable(file, "this file cannot be read");
  }
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1 | ssl::context::single_dh_use);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return unusable(certificate_file, fmt::format("this is no PEM certificate chain: {}", error.message()));
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error) return unusable(key_file, fmt::format("this is no PEM key of that certificate: {}", error.message()));
  return context;
}

}  // namespace understudy
