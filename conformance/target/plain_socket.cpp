#include "conformance/target/plain_socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "conformance/target/response_reader.h"

namespace understudy {
namespace {

using Steady = std::chrono::steady_clock;

// Closes its descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

struct Deadline {
  Steady::time_point end;
  int left() const {
    const auto rest = std::chrono::duration_cast<Milliseconds>(end - Steady::now()).count();
    return rest > 0 ? static_cast<int>(rest) : 0;
  }
};

// False: the deadline passed first.
bool wait_for(int descriptor, short events, const Deadline& deadline) {
  pollfd entry{.fd = descriptor, .events = events, .revents = 0};
  while (deadline.left() > 0) {
    const int ready = ::poll(&entry, 1, deadline.left());
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
  return false;
}

struct Connected {
  Socket socket;
  std::string problem;
};

Connected connect_to(const Url& target, const Deadline& deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found); error != 0) {
    return {.problem = error == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(error)};
  }
  Connected result;
  for (auto* address = found; address != nullptr; address = address->ai_next) {
    Socket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) {
      result.problem = std::strerror(errno);
      continue;
    }
    int error = ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      socklen_t size = sizeof error;
      if (!wait_for(socket.get(), POLLOUT, deadline))
        error = ETIMEDOUT;
      else
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) {
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      result = {.socket = std::move(socket)};
      break;
    }
    result.problem = std::strerror(error);
  }
  ::freeaddrinfo(found);
  return result;
}

TransportResult failed(Outcome outcome, std::string detail) {
  TransportResult result;
  result.outcome = outcome;
  result.detail = std::move(detail);
  return result;
}

TransportResult exchange(int socket, const std::string& bytes, std::string_view method, std::size_t limit, const Deadline& deadline) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(socket, POLLOUT, deadline)) return failed(Outcome::timeout, "the request could not be sent in time");
    } else if (errno != EINTR) {
      break;  // the response may be there already: a server may refuse before it has read the whole request
    }
  }

  ResponseReader reader(method, limit);
  char buffer[16384];
  while (true) {
    if (!wait_for(socket, POLLIN, deadline)) return reader.give_up(Outcome::timeout, "no whole answer in time");
    const auto count = ::recv(socket, buffer, sizeof buffer, 0);
    if (count > 0) {
      if (reader.feed({buffer, static_cast<std::size_t>(count)}) == ResponseReader::State::done) return reader.result();
    } else if (count == 0) {
      reader.finish();
      return reader.result();
    } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      return reader.give_up(Outcome::reset, std::strerror(errno));
    }
  }
}

}  // namespace

std::string render_request(const Request& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
  for (const auto& header : request.headers) text += header.name + ": " + header.value + "\r\n";
  return text + "\r\n" + request.body;
}

TransportResult send_plain(const Url& target, const Request& request, const SendOptions& options) {
  const auto start = Steady::now();
  const Deadline deadline{start + options.deadline};
  if (target.scheme != "http") return failed(Outcome::unreachable, "a request sent byte by byte needs plain http");
  auto connected = connect_to(target, deadline);
  auto result = connected.socket.get() < 0
                    ? failed(Outcome::unreachable, connected.problem)
                    : exchange(connected.socket.get(), render_request(request), request.method, options.answer_limit, deadline);
  result.elapsed = std::chrono::duration_cast<Milliseconds>(Steady::now() - start);
  return result;
}

}  // namespace understudy
