#include "conformance/target/content_coding.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <ranges>
#include <thread>
#include <vector>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kMostCodings = 5;

struct Decoded {
  std::string body;
  std::size_t limit = 0;
  bool is_too_large = false;
  CURLcode code = CURLE_OK;
  std::string error;  // empty: none
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

void send_chunks(int listener, const std::string& coding, const std::vector<std::string_view>& chunks) {
  const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) return;
  send_all(socket, fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {}\r\n\r\n", coding));
  for (const auto chunk : chunks) {
    if (chunk.empty()) continue;
    send_all(socket, fmt::format("{:x}\r\n", chunk.size()));
    send_all(socket, chunk);
    send_all(socket, "\r\n");
  }
  send_all(socket, "0\r\n\r\n");
  // Closing a socket with unread bytes resets the connection, and libcurl would lose what it has not read yet: its request is read first.
  ::shutdown(socket, SHUT_WR);
  char unread[4096];
  while (::recv(socket, unread, sizeof unread, 0) > 0) {
  }
  ::close(socket);
}

// libcurl decodes only what it receives: it gets the body again, over a connection to this function. Each chunk is decoded by itself.
Decoded decode_chunks(const std::string& coding, const std::vector<std::string_view>& chunks, std::size_t limit) {
  Decoded decoded{.body = {}, .limit = limit};
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || ::bind(listener, generic, size) != 0 || ::listen(listener, 1) != 0 || ::getsockname(listener, generic, &size) != 0) {
    decoded.code = CURLE_COULDNT_CONNECT;
    decoded.error = std::strerror(errno);
    if (listener >= 0) ::close(listener);
    return decoded;
  }
  std::thread sender([&] { send_chunks(listener, coding, chunks); });
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
  decoded.code = curl_easy_perform(curl.get());
  ::shutdown(listener, SHUT_RDWR);  // ends accept() if libcurl has not connected
  sender.join();
  ::close(listener);
  if (decoded.code != CURLE_OK) decoded.error = *words != '\0' ? words : curl_easy_strerror(decoded.code);
  return decoded;
}

bool has_zlib_frame(std::string_view body) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(body[i])); };
  return body.size() > 1 && (byte(0) & 15U) == 8 && (byte(0) << 8 | byte(1)) % 31 == 0;  // RFC 1950 section 2.2
}

// libcurl says neither that a stream has no end nor that bytes follow its end, but it refuses a chunk behind the end.
Decoded decode(const std::string& coding, std::string_view body, std::size_t limit) {
  auto decoded = decode_chunks(coding, {body}, limit);
  if (decoded.is_too_large || equals_ignore_case(coding, "zstd")) return decoded;  // zstd: several streams in a row are one body
  // One byte, because a longer text could be the lost end of a stream and go on. Four may follow `deflate` without its frame.
  const std::string behind(equals_ignore_case(coding, "deflate") && !has_zlib_frame(body) ? 5 : 1, '\0');
  const auto last = body.size() - 1;
  const auto refuses = [&](const std::vector<std::string_view>& chunks) {
    return decode_chunks(coding, chunks, limit).code == CURLE_WRITE_ERROR;
  };
  if (decoded.code == CURLE_OK && !refuses({body, behind}))
    decoded.error = fmt::format("the {} stream is truncated", coding);
  else if (decoded.code == CURLE_WRITE_ERROR || (decoded.code == CURLE_OK && refuses({body.substr(0, last), body.substr(last)})))
    decoded.error = fmt::format("bytes follow the end of the {} stream", coding);
  return decoded;
}

}  // namespace

void decode_content(TransportResult& result, std::size_t limit) {
  auto& response = result.response;
  std::vector<std::string> codings;  // in the order in which they were applied
  for (const auto& header : response.headers) {
    if (!equals_ignore_case(header.name, "Content-Encoding")) continue;
    for (const auto part : split(header.value, ',')) {
      if (const auto coding = trim(part); !coding.empty() && !equals_ignore_case(coding, "identity")) codings.emplace_back(coding);
    }
  }
  const auto list = fmt::format("{}", fmt::join(codings, ", "));
  if (codings.empty() || response.body.empty() || find_framing_break("", "", {{"Content-Encoding", list}})) return;
  if (codings.size() > kMostCodings) {
    result.undecoded = fmt::format("Content-Encoding names {} codings, more than {} are not decoded", codings.size(), kMostCodings);
    return;
  }

  auto body = response.body;
  for (const auto& coding : codings | std::views::reverse) {
    auto decoded = decode(coding, body, limit);
    if (decoded.is_too_large) {
      result.outcome = Outcome::too_large;
      result.detail = describe_answer_limit(limit);
    } else if (!decoded.error.empty()) {
      result.undecoded = fmt::format("Content-Encoding: {} cannot be decoded: {}", list, decoded.error);
    }
    if (decoded.is_too_large || !decoded.error.empty()) return;
    body = std::move(decoded.body);
  }
  response.body = std::move(body);
}

}  // namespace understudy
