#include "conformance/target/response_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kMaxHead = 256u << 10;

template <class T>
bool parse_whole(std::string_view text, T& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

// HTTP/1.1 409 Not Valid Token
bool parse_status_line(std::string_view line, Response& response) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return false;
  if (!parse_whole(line.substr(9, 3), response.status) || response.status < 100) return false;
  if (line.size() > 12 && line[12] != ' ') return false;
  response.reason = line.size() > 13 ? std::string(line.substr(13)) : std::string();
  return true;
}

}  // namespace

ResponseReader::State ResponseReader::end(Outcome outcome, std::string detail) {
  over_ = true;
  result_.outcome = outcome;
  result_.detail = std::move(detail);
  return State::done;
}

TransportResult ResponseReader::give_up(Outcome outcome, std::string detail) {
  if (!over_) end(outcome, std::move(detail));
  return result_;
}

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
  if (over_) return State::done;
  buffer_ += bytes;
  while (!have_head_) {
    if (!parse_head()) return over_ ? State::done : State::more;
  }
  return parse_body();
}

bool ResponseReader::parse_head() {
  if (!std::string_view("HTTP/1.").starts_with(std::string_view(buffer_).substr(0, 7))) {
    malformed("found bytes that do not start with HTTP/1.");
    return false;
  }
  const auto blank = buffer_.find("\r\n\r\n");
  if (blank == std::string::npos) {
    if (buffer_.size() > kMaxHead) malformed("found a head without end");
    return false;
  }
  std::string_view head = std::string_view(buffer_).substr(0, blank + 2);
  Response response;
  bool first = true;
  while (!head.empty()) {
    const auto stop = head.find("\r\n");
    const auto line = head.substr(0, stop);
    head.remove_prefix(stop + 2);
    if (first) {
      if (!parse_status_line(line, response)) {
        malformed(fmt::format("found the status line '{}'", line.substr(0, 80)));
        return false;
      }
      first = false;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      malformed(fmt::format("found the header line '{}'", line.substr(0, 80)));
      return false;
    }
    response.headers.push_back({std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  }
  buffer_.erase(0, blank + 4);
  if (response.status < 200) return !buffer_.empty();  // 100 and 103 precede the response

  have_head_ = true;
  result_.response = std::move(response);
  const auto& headers = result_.response.headers;
  const auto coding = find_header(headers, "Transfer-Encoding");
  const auto length = find_header(headers, "Content-Length");
  if (head_only_ || result_.response.status == 204 || result_.response.status == 304) {
    framing_ = Framing::none;
  } else if (coding && to_lower(*coding).ends_with("chunked")) {
    framing_ = Framing::chunked;
  } else if (length) {
    framing_ = Framing::length;
    if (!parse_whole(*length, length_)) {
      malformed(fmt::format("found Content-Length '{}'", *length));
      return false;
    }
  } else {
    framing_ = Framing::until_close;
  }
  return true;
}

ResponseReader::State ResponseReader::parse_body() {
  auto& body = result_.response.body;
  switch (framing_) {
    case Framing::none: return end(Outcome::answered);
    case Framing::chunked: return parse_chunks();
    case Framing::until_close:
      body += buffer_;
      buffer_.clear();
      return State::more;
    case Framing::length: {
      const auto take = std::min(length_ - body.size(), buffer_.size());
      body += buffer_.substr(0, take);
      buffer_.erase(0, take);
      return body.size() == length_ ? end(Outcome::answered) : State::more;
    }
  }
  return State::more;
}

ResponseReader::State ResponseReader::parse_chunks() {
  while (true) {
    const auto stop = buffer_.find("\r\n");
    if (stop == std::string::npos) return buffer_.size() > kMaxHead ? malformed("found a chunk size without end") : State::more;
    const auto line = std::string_view(buffer_).substr(0, stop);
    const auto digits = trim(line.substr(0, line.find(';')));
    std::size_t size = 0;
    if (!parse_whole(digits, size, 16)) return malformed(fmt::format("found the chunk size '{}'", line.substr(0, 40)));
    if (size == 0) {
      if (std::string_view(buffer_).substr(stop).starts_with("\r\n\r\n")) return end(Outcome::answered);
      return buffer_.find("\r\n\r\n", stop) == std::string::npos ? State::more : end(Outcome::answered);  // trailers are ignored
    }
    if (buffer_.size() < stop + 2 || buffer_.size() - stop - 2 < size) return State::more;
    if (buffer_.size() < stop + 2 + size + 2) return State::more;
    if (buffer_.compare(stop + 2 + size, 2, "\r\n") != 0) return malformed("found a chunk longer than its size");
    result_.response.body += buffer_.substr(stop + 2, size);
    buffer_.erase(0, stop + 2 + size + 2);
  }
}

ResponseReader::State ResponseReader::finish() {
  if (over_) return State::done;
  if (!have_head_) return end(Outcome::close, buffer_.empty() ? "closed without a byte" : "closed inside the head");
  if (framing_ == Framing::until_close) return end(Outcome::answered);
  return end(Outcome::truncated, framing_ == Framing::length
                                     ? fmt::format("closed after {} of {} bytes", result_.response.body.size(), length_)
                                     : "closed before the last chunk");
}

}  // namespace understudy
