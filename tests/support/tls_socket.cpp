#include "tests/support/tls_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace understudy::test {
namespace {

SSL_CTX* context() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> kContext(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  return kContext.get();
}

}  // namespace

struct TlsSocket::Impl {
  int fd = -1;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls{SSL_new(context()), SSL_free};
  bool connected = false;
  std::string pending;

  RawSocket::End receive() {
    char buffer[16384];
    ERR_clear_error();
    const int count = SSL_read(tls.get(), buffer, sizeof buffer);
    if (count > 0) {
      pending.append(buffer, static_cast<std::size_t>(count));
      return RawSocket::End::open;
    }
    const int error = SSL_get_error(tls.get(), count);
    if (error == SSL_ERROR_ZERO_RETURN) return RawSocket::End::finished;
    return error == SSL_ERROR_WANT_READ ? RawSocket::End::silence : RawSocket::End::reset;
  }
};

TlsSocket::TlsSocket(std::uint16_t port) : impl_(std::make_unique<Impl>()) {
  std::signal(SIGPIPE, SIG_IGN);
  impl_->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(impl_->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(impl_->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(impl_->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  SSL_set_fd(impl_->tls.get(), impl_->fd);
  impl_->connected = SSL_connect(impl_->tls.get()) == 1;
}

TlsSocket::TlsSocket(TlsSocket&&) noexcept = default;
TlsSocket::~TlsSocket() {
  if (impl_ && impl_->fd >= 0) ::close(impl_->fd);
}

bool TlsSocket::connected() const { return impl_->connected; }

void TlsSocket::send(std::string_view bytes) {
  if (!bytes.empty()) SSL_write(impl_->tls.get(), bytes.data(), static_cast<int>(bytes.size()));
}

RawSocket::Received TlsSocket::read_to_end() {
  auto end = RawSocket::End::open;
  while (end == RawSocket::End::open) end = impl_->receive();
  return {.bytes = std::exchange(impl_->pending, {}), .end = end};
}

RawSocket::Received TlsSocket::read_until(std::string_view mark) {
  auto& pending = impl_->pending;
  std::size_t at = 0;
  while ((at = pending.find(mark)) == std::string::npos)
    if (const auto end = impl_->receive(); end != RawSocket::End::open) return {.bytes = std::exchange(pending, {}), .end = end};
  RawSocket::Received received{.bytes = pending.substr(0, at + mark.size()), .end = RawSocket::End::open};
  pending.erase(0, at + mark.size());
  return received;
}

}  // namespace understudy::test
