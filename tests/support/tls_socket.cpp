#include "tests/support/tls_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace understudy::test {

struct TlsSocket::Connection {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool connected = false;

  ~Connection() {
    SSL_free(ssl);
    SSL_CTX_free(context);
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

TlsSocket::~TlsSocket() = default;

bool TlsSocket::connected() const { return connection_->connected; }

void TlsSocket::set_deadline(std::chrono::milliseconds deadline) {
  const timeval time{.tv_sec = deadline.count() / 1000, .tv_usec = deadline.count() % 1000 * 1000};
  ::setsockopt(connection_->fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

bool TlsSocket::send(std::string_view bytes) {
  return SSL_write(connection_->ssl, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

RawSocket::Received TlsSocket::read_to_end() {
  RawSocket::Received received;
  char buffer[16384];
  for (;;) {
    ERR_clear_error();
    errno = 0;
    const int count = SSL_read(connection_->ssl, buffer, sizeof buffer);
    if (count > 0) {
      received.bytes.append(buffer, static_cast<std::size_t>(count));
      continue;
    }
    const int failure = errno;
    switch (SSL_get_error(connection_->ssl, count)) {
      case SSL_ERROR_WANT_READ: received.end = RawSocket::End::silence; break;
      case SSL_ERROR_SYSCALL: received.end = failure == ECONNRESET ? RawSocket::End::reset : RawSocket::End::finished; break;
      default: received.end = RawSocket::End::finished; break;  // a goodbye, or FIN without one
    }
    return received;
  }
}

}  // namespace understudy::test
