#include "conformance/target/content_coding.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

struct Decoded {
  std::string body;
  std::size_t limit = 0;
  bool is_too_large = false;
};

std::size_t take_decoded(char* data, std::size_t size, std::size_t count, void* user) {
  auto& decoded = *static_cast<Decoded*>(user);
  decoded.is_too_large = decoded.body.size() + size * count > decoded.limit;
  if (decoded.is_too_large) return 0;
  decoded.body.append(data, size * count);
  return size * count;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;  // libcurl has closed its end
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

void decode_content(TransportResult& result, std::size_t limit) {
  auto& response = result.response;
  std::string codings;
  for (const auto& header : response.headers) {
    if (equals_ignore_case(header.name, "Content-Encoding") && !equals_ignore_case(header.value, "identity"))
      codings += (codings.empty() ? "" : ", ") + header.value;
  }
  if (codings.empty() || response.body.empty() || find_framing_break("", "", {{"Content-Encoding", codings}})) return;

  // libcurl decodes only what it receives: it gets the body again, over a connection to this function.
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || ::bind(listener, generic, size) != 0 || ::listen(listener, 1) != 0 || ::getsockname(listener, generic, &size) != 0) {
    result.undecoded = fmt::format("Content-Encoding: {} cannot be decoded: {}", codings, std::strerror(errno));
    if (listener >= 0) ::close(listener);
    return;
  }
  std::thread sender([&] {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    send_all(socket, fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nContent-Encoding: {}\r\n\r\n", response.body.size(), codings));
    send_all(socket, response.body);
    ::close(socket);
  });
  Decoded decoded{.body = {}, .limit = limit};
  char words[CURL_ERROR_SIZE] = "";
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  const auto set = [&curl](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };
  set(CURLOPT_URL, fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port)).c_str());
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_ERRORBUFFER, static_cast<char*>(words));
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_WRITEFUNCTION, &take_decoded);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&decoded));
  const auto code = curl_easy_perform(curl.get());
  ::shutdown(listener, SHUT_RDWR);  // ends accept() if libcurl has not connected
  sender.join();
  ::close(listener);

  if (decoded.is_too_large) {
    result.outcome = Outcome::too_large;
    result.detail = describe_answer_limit(limit);
  } else if (code != CURLE_OK) {
    result.undecoded =
        fmt::format("Content-Encoding: {} cannot be decoded: {}", codings, *words != '\0' ? words : curl_easy_strerror(code));
  } else {
    response.body = std::move(decoded.body);
  }
}

}  // namespace understudy
