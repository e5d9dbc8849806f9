#include "mock/wire/request.h"

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using beast::error_code;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

// Copies Beast's events into a Request, so that names, order, repetitions and values stay as they were sent.
class Reader final : public http::basic_parser<true> {
 public:
  explicit Reader(const RequestLimits& limits) {
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.head, UINT32_MAX)));
    body_limit(boost::none);  // set when the head is known
    request.headers.reserve(12);
  }

  Request request;
  int version = 11;
  std::size_t hosts = 0;
  std::string host;             // of the last one
  std::string transfer_coding;  // all of them, as one list
  std::string expectation;

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int http_version, error_code&) override {
    request.method = view_of(method);
    request.target = view_of(target);
    version = http_version;
  }

  void on_field_impl(http::field field, beast::string_view name, beast::string_view value, error_code&) override {
    if (is_header_done()) return;  // a trailer: it must not become a header
    if (field == http::field::host) {
      ++hosts;
      host = view_of(value);
    }
    if (field == http::field::expect) expectation = view_of(value);
    if (field == http::field::transfer_encoding) {
      if (!transfer_coding.empty()) transfer_coding += ',';
      transfer_coding += view_of(value);
      if (transfer_coding.empty()) transfer_coding = ",";  // an empty header is not an absent one
    }
    request.headers.push_back({std::string(view_of(name)), std::string(view_of(value))});
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // The client may never send the declared length, so memory for it is not reserved at once.
    constexpr std::uint64_t kReserveAtMost = 256u << 10;
    if (length) request.body.reserve(static_cast<std::size_t>(std::min(*length, kReserveAtMost)));
  }

  std::size_t append(beast::string_view bytes) {
    request.body += view_of(bytes);
    return bytes.size();
  }
  std::size_t on_body_impl(beast::string_view bytes, error_code&) override { return append(bytes); }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code&) override { return append(bytes); }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}
};

Refusal bad_request(const char* message) { return {.status = 400, .message = message}; }

Refusal refusal_of(const error_code& error) {
  if (error == http::error::header_limit) return {.status = 431, .message = "The head of the request is too large."};
  if (error == http::error::body_limit) return {.status = 413, .message = "The body of the request is too large."};
  if (error == http::error::bad_method) return bad_request("The request line has no valid method.");
  if (error == http::error::bad_target) return bad_request("The request target is empty or has a character that must be escaped.");
  if (error == http::error::bad_version) return bad_request("The request line does not end in a version such as HTTP/1.1.");
  if (error == http::error::bad_field) return bad_request("A header name has a character that is not allowed.");
  if (error == http::error::bad_value) return bad_request("A header value has a character that is not allowed.");
  if (error == http::error::bad_content_length)
    return bad_request("Content-Length is not a number, or is sent together with Transfer-Encoding.");
  if (error == http::error::multiple_content_length) return bad_request("There are two different Content-Length headers.");
  if (error == http::error::bad_transfer_encoding) return bad_request("Transfer-Encoding is sent twice or together with Content-Length.");
  if (error == http::error::bad_chunk) return bad_request("A chunk has no valid size, or its end does not match its size.");
  if (error == http::error::bad_chunk_extension) return bad_request("A chunk size is followed by an invalid extension.");
  if (error == http::error::bad_line_ending) return bad_request("A line does not end in CR LF.");
  return bad_request("The request is not HTTP/1.1.");
}

// RFC 9112 6.1 and 6.3: only chunked is implemented; unless chunked is the last coding, the end of the body is unknown.
std::optional<Refusal> check_transfer_coding(std::string_view list, int version) {
  if (list.empty()) return std::nullopt;
  if (version < 11) return bad_request("HTTP/1.0 has no Transfer-Encoding.");
  const auto lower = to_lower(list);
  auto codings = split(lower, ',');
  for (auto& coding : codings) coding = trim(coding);
  codings.erase(std::remove(codings.begin(), codings.end(), ""), codings.end());  // RFC 9110 5.6.1: empty elements of a list are ignored
  if (codings.empty() || codings.back() != "chunked" || std::ranges::count(codings, "chunked") > 1)
    return bad_request("Transfer-Encoding does not end in a single chunked.");
  if (codings.size() == 1) return std::nullopt;
  return Refusal{.status = 501, .message = "Only the transfer coding chunked is implemented."};
}

// Characters that RFC 3986 allows nowhere in a target. Brackets are accepted in a query, because many clients send lists as "ids[]=1".
bool needs_escape(std::string_view target) {
  constexpr std::string_view kNever = "\"<>\\^`{|}#";
  const auto is_foreign = [&](char c) { return c <= 0x20 || c == 0x7f || kNever.find(c) != std::string_view::npos; };  // char is signed
  const auto path = path_of(target);
  const auto authority = path.find("://");
  const auto from = authority == std::string_view::npos ? 0 : std::min(path.find('/', authority + 3), path.size());
  return std::ranges::any_of(target, is_foreign) || path.find_first_of("[]", from) != std::string_view::npos;
}

// Reduces absolute-form to a path, its host becomes the Host header (RFC 9112 3.2.2); accepts "*" for OPTIONS.
std::optional<Refusal> normalize_target(Request& request) {
  auto& target = request.target;
  if (needs_escape(target)) return bad_request("The request target has a character that must be escaped.");
  if (target.starts_with('/') || (target == "*" && request.method == "OPTIONS")) return std::nullopt;
  const auto authority = target.find("://");
  if (authority != std::string::npos) {
    const auto scheme = std::string_view(target).substr(0, authority);
    if (equals_ignore_case(scheme, "http") || equals_ignore_case(scheme, "https")) {
      const auto rest = target.find_first_of("/?", authority + 3);
      auto origin = rest == std::string::npos ? std::string() : target.substr(rest);
      const auto host = target.substr(authority + 3, rest == std::string::npos ? rest : rest - authority - 3);
      if (host.empty() || !parse_authority(host)) return bad_request("The host of the request target is not valid.");
      if (find_header(request.headers, "Host")) set_header(request.headers, "Host", host);
      if (!origin.starts_with('/')) origin.insert(0, "/");
      target = std::move(origin);
      return std::nullopt;
    }
  }
  return bad_request("The request target is neither a path nor an http URL.");
}

std::optional<Refusal> check_head(Reader& reader) {
  if (auto refusal = check_transfer_coding(reader.transfer_coding, reader.version)) return refusal;
  if (reader.hosts == 0 && reader.version >= 11) return bad_request("The Host header is missing.");
  if (reader.hosts > 1) return bad_request("There is more than one Host header.");
  if (!parse_authority(reader.host)) return bad_request("The Host header is not a host with an optional port.");
  if (reader.version >= 11 && !reader.expectation.empty() && !equals_ignore_case(reader.expectation, "100-continue"))
    return Refusal{.status = 417, .message = "Only the expectation 100-continue is supported."};
  return normalize_target(reader.request);
}

// Beast would wait forever for a closing quote that is missing in a line. `bytes` begins with the size line of a chunk, or with the
// end of the chunk before it.
bool has_unclosed_quote(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  const auto line = bytes.substr(0, bytes.find("\r\n"));
  if (line.size() == bytes.size()) return false;  // not complete yet
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '\\' && quoted) ++i;
  }
  return quoted;
}

// RFC 9110 2.5: a later minor version is read as the last known one, which is HTTP/1.1. Empty: the head has a version that is known.
std::string with_known_version(std::string_view head) {
  const auto line = head.substr(0, head.find("\r\n"));
  const auto version = line.substr(line.rfind(' ') + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/1.") || version.back() < '2' || version.back() > '9') return {};
  std::string known(head);
  known[line.size() - 1] = '1';
  return known;
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(RequestLimits given) : limits(given) {}

  RequestLimits limits;
  State state = State::head;
  Refusal refusal;
  std::size_t line_start = 0;  // of the current line of the head
  std::size_t scanned = 0;     // bytes of the head that were searched for a line end
  std::optional<Reader> reader;

  void refuse(Refusal why) {
    refusal = std::move(why);
    state = State::refused;
  }

  // RFC 9112 3: a method or target that is too long has a status of its own.
  Refusal too_long(std::string_view bytes) const {
    if (line_start > 0) return refusal_of(http::error::header_limit);
    const auto space = bytes.find(' ');
    if (space >= limits.head) return {.status = 501, .message = "The method is too long."};
    return {.status = 414, .message = "The request target is too long."};
  }

  // The length of the head once it is complete. Searches each byte only once, however slowly they arrive. Refuses what Beast would
  // accept or wait for: folded headers, bare line feeds, bytes that cannot begin a request (a TLS hello).
  std::optional<std::size_t> find_head_end(std::string_view bytes) {
    const auto reject = [&](Refusal why) {
      refuse(std::move(why));
      return std::optional<std::size_t>();
    };
    if (!is_token(bytes.substr(0, 1))) return reject(bad_request("The first byte cannot begin an HTTP request."));
    for (;;) {
      const auto feed = bytes.find('\n', scanned);
      if (feed == std::string_view::npos) {
        scanned = bytes.size();
        return scanned > limits.head ? reject(too_long(bytes)) : std::nullopt;
      }
      if (feed + 1 > limits.head) return reject(too_long(bytes));
      if (feed == 0 || bytes[feed - 1] != '\r') return reject(refusal_of(http::error::bad_line_ending));
      if (feed - 1 == line_start) return feed + 1;
      if (line_start > 0 && (bytes[line_start] == ' ' || bytes[line_start] == '\t'))
        return reject(bad_request("A header is folded over two lines."));
      line_start = scanned = feed + 1;
    }
  }

  void parse_head(std::string_view head) {
    reader.emplace(limits);
    error_code error;
    const auto known = with_known_version(head);
    if (!known.empty()) head = known;
    reader->put(boost::asio::buffer(head.data(), head.size()), error);
    if (error) return refuse(refusal_of(error));
    if (auto why = check_head(*reader)) return refuse(std::move(*why));
    const std::uint64_t most = limits.body_of ? limits.body_of(reader->request) : limits.body;
    if (reader->content_length().value_or(0) > most) return refuse(refusal_of(http::error::body_limit));
    reader->body_limit(most);
    if (reader->chunked() == reader->transfer_coding.empty())  // Beast and check_transfer_coding() disagree about the end of the body
      return refuse(bad_request("Transfer-Encoding does not end in a single chunked."));
    state = reader->is_done() ? State::complete : State::body;
    reader->eager(true);
  }

  std::size_t parse_body(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state == State::body) {
      const auto rest = bytes.substr(used, limits.head);         // not more at once: trailers have the limit of a head, too
      if (rest.size() == 4 && rest.starts_with("0\r\n")) break;  // Beast 1.81 asserts that there is a fifth byte; one will follow
      error_code error;
      const auto taken = reader->put(boost::asio::buffer(rest.data(), rest.size()), error);
      used += taken;
      if (error == http::error::need_more) {
        // Only the size line of a chunk and the trailers need more bytes; both have the limit of a head.
        if (has_unclosed_quote(rest.substr(taken)))
          refuse(refusal_of(http::error::bad_chunk_extension));
        else if (rest.size() == limits.head && taken > 0)
          continue;
        else if (rest.size() == limits.head)
          refuse(refusal_of(http::error::header_limit));
        break;
      }
      if (error)
        refuse(refusal_of(error));
      else if (reader->is_done())
        state = State::complete;
    }
    return used;
  }
};

RequestParser::RequestParser(RequestLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::parse(std::string_view bytes) {
  std::size_t used = 0;
  if (impl_->state == State::head) {
    // RFC 9112 2.2: ignore empty lines before the request line.
    while (impl_->scanned == 0 && bytes.substr(used).starts_with("\r\n")) used += 2;
    const auto rest = bytes.substr(used);
    if (rest.empty() || (rest == "\r" && impl_->scanned == 0)) return used;
    const auto head = impl_->find_head_end(rest);
    if (!head) return used;
    impl_->parse_head(rest.substr(0, *head));
    used += *head;
  }
  if (impl_->state == State::body) used += impl_->parse_body(bytes.substr(used));
  return used;
}

void RequestParser::reset() {
  impl_->state = State::head;
  impl_->line_start = impl_->scanned = 0;
  impl_->reader.reset();
}

RequestParser::State RequestParser::state() const { return impl_->state; }
Request& RequestParser::request() { return impl_->reader->request; }
const Refusal& RequestParser::refusal() const { return impl_->refusal; }
bool RequestParser::keep_alive() const { return impl_->reader && impl_->reader->is_header_done() && impl_->reader->keep_alive(); }
bool RequestParser::http_1_0() const { return impl_->reader && impl_->reader->version < 11; }
std::pair<std::string_view, std::string_view> RequestParser::request_line() const {
  if (!impl_->reader) return {};
  return {impl_->reader->request.method, impl_->reader->request.target};
}
bool RequestParser::is_head() const { return impl_->reader && impl_->reader->request.method == "HEAD"; }
bool RequestParser::wants_continue() const { return impl_->state == State::body && !impl_->reader->expectation.empty() && !http_1_0(); }

}  // namespace understudy
