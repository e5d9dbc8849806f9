#include "conformance/target/http_transport.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>

#include "conformance/target/content_coding.h"
#include "conformance/target/plain_socket.h"
#include "conformance/target/response_reader.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void append(HeaderList& list, const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); }

// What libcurl reports during one transfer.
struct Transfer {
  TransportResult result;
  CURL* curl = nullptr;
  std::size_t body_limit = 0;
  bool has_body = true;  // false: an answer to HEAD
  std::size_t head_size = 0;
  std::optional<TransportResult> refusal;  // outcome and detail of a response that is not read to its end
  bool has_no_name = false;                // the certificate
  bool sent = false;                       // the request was sent
  bool refused_to_repeat = false;
  int socket_error = 0;  // why no socket could be opened; libcurl does not say it
  bool head_started = false;
  bool head_whole = false;
  std::string log;  // curl's messages after the request was sent
};

// Ends the transfer: libcurl stops where a callback takes fewer bytes than it got.
std::size_t refuse(Transfer& transfer, Outcome outcome, std::string detail) {
  transfer.refusal.emplace();
  transfer.refusal->outcome = outcome;
  transfer.refusal->detail = std::move(detail);
  return 0;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  auto& response = transfer.result.response;
  const std::string_view line(data, size * count);
  transfer.head_size += line.size();
  if (transfer.head_size > kResponseHeadLimit) return refuse(transfer, Outcome::malformed, describe_head_limit());
  if (transfer.head_whole) return size * count;               // trailers
  if (!transfer.head_started || line.starts_with("HTTP/")) {  // a 1xx head may precede the response
    transfer.head_started = true;
    response = Response{.status = 0};
    const auto blank = line.find(' ');
    const auto rest = blank == std::string_view::npos ? std::string_view() : trim(line.substr(blank + 1));
    for (const char c : rest.substr(0, 3)) {
      if (is_digit(c)) response.status = response.status * 10 + (c - '0');
    }
    if (rest.size() > 4) response.reason = rest.substr(4);
  } else if (const auto text = trim(line); text.empty()) {
    transfer.head_whole = response.status >= 200;
    const bool has_body = transfer.has_body && transfer.head_whole && response.status != 204 && response.status != 304;
    if (auto fault = has_body ? find_framing_fault(response.headers) : std::string(); !fault.empty())
      return refuse(transfer, Outcome::malformed, std::move(fault));
    std::size_t announced = 0;
    if (const auto length = find_header(response.headers, "Content-Length"); has_body && length)
      std::from_chars(length->data(), length->data() + length->size(), announced);
    if (announced > transfer.body_limit) return refuse(transfer, Outcome::too_large, describe_answer_limit(transfer.body_limit));
    response.body.reserve(announced);  // growing would need twice the memory for a moment
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    response.headers.push_back({std::string(text.substr(0, colon)), std::string(trim(text.substr(colon + 1)))});
  }
  return size * count;
}

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  auto& body = transfer.result.response.body;
  if (size * count > transfer.body_limit - body.size())
    return refuse(transfer, Outcome::too_large, describe_answer_limit(transfer.body_limit));
  body.append(data, size * count);
  return size * count;
}

// A certificate's common name is no identity (RFC 9110 section 4.3.4), but libcurl accepts it where no alternative name is a host.
// Called before the request is sent.
int check_names(void* user, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(user);
  curl_certinfo* chain = nullptr;
  curl_easy_getinfo(transfer.curl, CURLINFO_CERTINFO, &chain);
  if (chain == nullptr || chain->num_of_certs == 0) return CURL_PREREQFUNC_OK;  // no TLS, or the connection was checked before
  for (const auto* entry = chain->certinfo[0]; entry != nullptr; entry = entry->next) {
    const std::string_view text(entry->data);
    if (!text.starts_with("X509v3 Subject Alternative Name:")) continue;
    if (text.find("DNS:") != std::string_view::npos || text.find("IP Address:") != std::string_view::npos) return CURL_PREREQFUNC_OK;
  }
  transfer.has_no_name = true;
  return CURL_PREREQFUNC_ABORT;
}

int take_note(CURL*, curl_infotype kind, char* data, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const bool is_for_proxy = std::string_view(data, size).starts_with("CONNECT ");
  if (kind == CURLINFO_HEADER_OUT && !is_for_proxy) transfer.sent = true;
  if (kind == CURLINFO_TEXT && transfer.sent) transfer.log.append(data, size);
  return 0;
}

// libcurl repeats a request when a reused connection closes before the first byte of the response. The server may already have performed
// it, so no second connection is opened after the request was sent.
curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.sent) {
    transfer.refused_to_repeat = true;
    return CURL_SOCKET_BAD;
  }
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  transfer.socket_error = socket < 0 ? errno : 0;
  return socket;
}

// EMFILE or ENFILE if no file can be opened now, else 0. Resolving a name and reading certificates fail without this reason.
int find_shortage() {
  const int probe = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (probe < 0) return errno == EMFILE || errno == ENFILE ? errno : 0;
  ::close(probe);
  return 0;
}

// A server rejects our certificate with an alert, which may arrive after the request was sent.
bool mentions_certificate_alert(std::string_view text) {
  return text.find("alert") != std::string_view::npos &&
         (text.find("certificate") != std::string_view::npos || text.find("unknown ca") != std::string_view::npos ||
          text.find("handshake failure") != std::string_view::npos);
}

bool mentions_reset(std::string_view text) { return text.find("reset") != std::string_view::npos; }

Outcome classify(CURLcode code, const Transfer& transfer, std::string_view words) {
  if (transfer.has_no_name || (code != CURLE_OK && mentions_certificate_alert(words))) return Outcome::unreachable;
  if (transfer.refusal) return transfer.refusal->outcome;
  if (code == CURLE_RECV_ERROR && !transfer.sent) return Outcome::unreachable;  // a proxy that refuses, a handshake that ends
  if (transfer.refused_to_repeat) return mentions_reset(transfer.log) ? Outcome::reset : Outcome::close;
  switch (code) {
    case CURLE_OK: return transfer.head_whole ? Outcome::answered : Outcome::close;
    case CURLE_GOT_NOTHING: return Outcome::close;
    case CURLE_PARTIAL_FILE: return Outcome::truncated;
    case CURLE_OPERATION_TIMEDOUT: return transfer.sent ? Outcome::timeout : Outcome::unreachable;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      if (mentions_reset(words) || words.find("Broken pipe") != std::string_view::npos) return Outcome::reset;
      if (words.find("chunk") != std::string_view::npos) return Outcome::malformed;
      return transfer.head_whole ? Outcome::truncated : Outcome::close;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_FILESIZE_EXCEEDED: return Outcome::malformed;
    default: return transfer.sent ? Outcome::malformed : Outcome::unreachable;
  }
}

std::string header_line(const Header& header) {
  return header.value.empty() ? header.name + ";" : header.name + ": " + header.value;  // ";" tells curl to send an empty value
}

}  // namespace

struct HttpTransport::Impl {
  CURL* curl = nullptr;
  ConnectionOptions connection;

  // The system's message if there is one: "Connection refused".
  std::string describe_failure(CURLcode code, const Transfer& transfer, const char* words) const {
    if (transfer.has_no_name)
      return "the certificate has no subject alternative name for a host, expected one (a common name is not used, RFC 9110 section 4.3.4)";
    if (code == CURLE_SSL_CERTPROBLEM)
      return fmt::format("the client certificate {} with the key {} cannot be used: {}", connection.tls.certificate_file,
                         connection.tls.key_file, words);
    if (transfer.refusal) return transfer.refusal->detail;
    if (transfer.refused_to_repeat) return "the connection ended before the answer";
    // libcurl's buffer for a header line is full.
    if (code == CURLE_OUT_OF_MEMORY && transfer.sent && !transfer.head_whole) return "a header line is larger than 100 kB, the limit";
    if (const int shortage = transfer.socket_error != 0 ? transfer.socket_error : find_shortage(); shortage != 0)
      return std::strerror(shortage);
    long error = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
    if (code == CURLE_COULDNT_CONNECT && error != 0) return std::strerror(static_cast<int>(error));
    return *words != '\0' ? words : curl_easy_strerror(code);
  }

  // Sets every option that curl would otherwise read from the environment: requests must not go through an unconfigured proxy.
  void set_connection(const Url& target, const std::string& proxy) {
    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(curl, option, value); };
    set(CURLOPT_PROXY, proxy.c_str());
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (connection.connect_deadline.count() > 0) set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connection.connect_deadline.count()));
    const auto& tls = connection.tls;
    if (!tls.ca_file.empty()) {
      set(CURLOPT_CAINFO, tls.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // only these, not the system's
      set(CURLOPT_PROXY_CAINFO, tls.ca_file.c_str());
    }
    if (!tls.certificate_file.empty()) set(CURLOPT_SSLCERT, tls.certificate_file.c_str());
    if (!tls.key_file.empty()) set(CURLOPT_SSLKEY, tls.key_file.c_str());
    set(CURLOPT_KEYPASSWD, "");  // never asks at the terminal
    if (!tls.verify && is_loopback(target.host)) {
      set(CURLOPT_SSL_VERIFYPEER, 0L);
      set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
  }

  TransportResult send(const Url& target, const Request& request, const SendOptions& options) {
    Transfer transfer{.curl = curl, .body_limit = options.answer_limit, .has_body = request.method != "HEAD"};
    char words[CURL_ERROR_SIZE] = "";
    curl_easy_reset(curl);  // keeps the connections
    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(curl, option, value); };
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(words));
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.deadline.count()));
    set(CURLOPT_PATH_AS_IS, 1L);
    const auto proxy = find_proxy(connection.proxies, target);
    set_connection(target, proxy);
    const auto origin = render_origin(target);
    set(CURLOPT_URL, (origin + "/").c_str());
    // A forwarding proxy needs the whole URL; a tunnel (https) does not.
    const auto line = !proxy.empty() && target.scheme == "http" ? origin + request.target : request.target;
    set(CURLOPT_REQUEST_TARGET, line.c_str());

    if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    const bool has_body = !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (has_body) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.c_str());
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());

    HeaderList headers;
    if (!find_header(request.headers, "Host")) append(headers, "Host: " + render_authority(target));
    for (const auto* name : {"Accept", "Expect", "Content-Type", "User-Agent"}) {
      if (!find_header(request.headers, name)) append(headers, std::string(name) + ":");  // remove curl's default
    }
    for (const auto& header : request.headers) append(headers, header_line(header));
    set(CURLOPT_HTTPHEADER, headers.get());

    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    if (target.scheme == "https" && connection.tls.verify) {
      set(CURLOPT_CERTINFO, 1L);
      set(CURLOPT_PREREQFUNCTION, &check_names);
      set(CURLOPT_PREREQDATA, static_cast<void*>(&transfer));
    }
    set(CURLOPT_VERBOSE, 1L);
    set(CURLOPT_DEBUGFUNCTION, &take_note);
    set(CURLOPT_DEBUGDATA, static_cast<void*>(&transfer));
    set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));

    const auto start = std::chrono::steady_clock::now();
    const auto code = curl_easy_perform(curl);
    auto& result = transfer.result;
    result.elapsed = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
    result.outcome = classify(code, transfer, words);
    result.bad_certificate = code == CURLE_SSL_CERTPROBLEM;
    if (result.outcome != Outcome::answered) result.detail = describe_failure(code, transfer, words);
    return std::move(result);
  }
};

HttpTransport::HttpTransport(ConnectionOptions connection) : impl_(std::make_unique<Impl>()) {
  static std::once_flag once;  // libcurl has global state
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  impl_->curl = curl_easy_init();
  impl_->connection = std::move(connection);
}

HttpTransport::~HttpTransport() { curl_easy_cleanup(impl_->curl); }

TransportResult HttpTransport::send(const Url& target, const Request& request, const SendOptions& options) {
  auto result = options.as_is ? send_plain(target, request, options) : impl_->send(target, request, options);
  if (result.outcome == Outcome::answered) decode_content(result, options.answer_limit);
  return result;
}

}  // namespace understudy
