#include "tests/support/net/tls_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace understudy::test {

namespace {

SSL_CTX* context() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> kContext(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  return kContext.get();
}

}  // namespace

struct TlsSocket::Connection {
  SSL* ssl = SSL_new(context());
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool connected = false;

  ~Connection() {
    SSL_free(ssl);
    ::close(fd);
  }
};

TlsSocket::TlsSocket(std::uint16_t port, std::chrono::milliseconds deadline) : connection_(std::make_unique<Connection>()) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  set_deadline(deadline);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(connection_->fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  SSL_set_fd(connection_->ssl, connection_->fd);
  connection_->connected = SSL_connect(connection_->ssl) == 1;
}

TlsSocket::TlsSocket(TlsSocket&& other) noexcept = default;
TlsSocket::~TlsSocket() = default;

bool TlsSocket::connected() const { return connection_->connected; }

void TlsSocket::set_deadline(std::chrono::milliseconds deadline) {
  const timeval time{.tv_sec = deadline.count() / 1000, .tv_usec = deadline.count() % 1000 * 1000};
  ::setsockopt(connection_->fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

bool TlsSocket::send(std::string_view bytes) {
  return SSL_write(connection_->ssl, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

RawSocket::End TlsSocket::receive() {
  char buffer[16384];
  ERR_clear_error();
  errno = 0;
  const int count = SSL_read(connection_->ssl, buffer, sizeof buffer);
  if (count > 0) {
    pending_.append(buffer, static_cast<std::size_t>(count));
    return RawSocket::End::open;
  }
  const int failure = errno;
  switch (SSL_get_error(connection_->ssl, count)) {
    case SSL_ERROR_WANT_READ: return RawSocket::End::silence;
    case SSL_ERROR_SYSCALL: return failure == ECONNRESET ? RawSocket::End::reset : RawSocket::End::finished;
    default: return RawSocket::End::finished;  // a goodbye, or FIN without one
  }
}

RawSocket::Received TlsSocket::read_to_end() {
  auto end = RawSocket::End::open;
  while (end == RawSocket::End::open) end = receive();
  return {.bytes = std::exchange(pending_, {}), .end = end};
}

RawSocket::Received TlsSocket::read_until(std::string_view mark) {
  std::size_t at = 0;
  while ((at = pending_.find(mark)) == std::string::npos)
    if (const auto end = receive(); end != RawSocket::End::open) return {.bytes = std::exchange(pending_, {}), .end = end};
  RawSocket::Received received{.bytes = pending_.substr(0, at + mark.size()), .end = RawSocket::End::open};
  pending_.erase(0, at + mark.size());
  return received;
}

}  // namespace understudy::test
