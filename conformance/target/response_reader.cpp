#include "conformance/target/response_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

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

// All values of a header that is a list, in lower case.
std::vector<std::string> list_values(const Headers& headers, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& header : headers) {
    if (!equals_ignore_case(header.name, name)) continue;
    for (const auto& part : split(header.value, ',')) {
      if (const auto value = trim(part); !value.empty()) values.push_back(to_lower(value));
    }
  }
  return values;
}

}  // namespace

std::string describe_head_limit() { return fmt::format("the head is larger than {} KiB, the limit", kResponseHeadLimit >> 10); }

std::string find_framing_fault(const Headers& headers) {
  const auto lengths = list_values(headers, "Content-Length");
  std::optional<std::size_t> first;
  for (const auto& length : lengths) {
    std::size_t number = 0;
    if (!parse_whole(length, number)) return fmt::format("found Content-Length '{}'", length);
    if (first.value_or(number) != number) return fmt::format("found two Content-Length values, {} and {}", *first, number);
    first = number;
  }
  const auto codings = list_values(headers, "Transfer-Encoding");
  if (!lengths.empty() && !codings.empty())
    return fmt::format("found Content-Length {} beside Transfer-Encoding {}", lengths.front(), fmt::join(codings, ", "));
  if (const auto chunked = std::ranges::find(codings, "chunked"); chunked != codings.end() && std::next(chunked) != codings.end())
    return fmt::format("found Transfer-Encoding {}, expected chunked once and last", fmt::join(codings, ", "));
  return {};
}

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
    if (head_size_ + buffer_.size() > kResponseHeadLimit) malformed(describe_head_limit());
    return false;
  }
  head_size_ += blank + 4;
  if (head_size_ > kResponseHeadLimit) {
    malformed(describe_head_limit());
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
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      malformed(fmt::format("found the header line '{}'", line.substr(0, 80)));
      return false;
    }
    response.headers.push_back({std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  }
  buffer_.erase(0, blank + 4);
  if (response.status < 200) return !buffer_.empty();  // 100 and 103 precede the response

  have_head_ = true;
  result_.response = std::move(response);
  return choose_framing();
}

bool ResponseReader::choose_framing() {
  const auto& headers = result_.response.headers;
  const auto codings = list_values(headers, "Transfer-Encoding");
  const auto lengths = list_values(headers, "Content-Length");
  if (head_only_ || result_.response.status == 204 || result_.response.status == 304) {
    framing_ = Framing::none;
  } else if (auto fault = find_framing_fault(headers); !fault.empty()) {
    malformed(std::move(fault));
    return false;
  } else if (!codings.empty()) {
    framing_ = codings.back() == "chunked" ? Framing::chunked : Framing::until_close;
  } else if (!lengths.empty()) {
    framing_ = Framing::length;
    parse_whole(lengths.front(), length_);
  } else {
    framing_ = Framing::until_close;
  }
  if (framing_ == Framing::length && length_ > body_limit_) {
    end(Outcome::too_large, describe_answer_limit(body_limit_));
    return false;
  }
  return true;
}

bool ResponseReader::add_to_body(std::string_view bytes) {
  auto& body = result_.response.body;
  if (bytes.size() > body_limit_ - body.size()) {
    end(Outcome::too_large, describe_answer_limit(body_limit_));
    return false;
  }
  body += bytes;
  return true;
}

ResponseReader::State ResponseReader::parse_body() {
  auto& body = result_.response.body;
  switch (framing_) {
    case Framing::none: return end(Outcome::answered);
    case Framing::chunked: return parse_chunks();
    case Framing::until_close:
      if (!add_to_body(buffer_)) return State::done;
      buffer_.clear();
      return State::more;
    case Framing::length: {
      const auto take = std::min(length_ - body.size(), buffer_.size());
      body.append(buffer_, 0, take);
      buffer_.erase(0, take);
      return body.size() == length_ ? end(Outcome::answered) : State::more;
    }
  }
  return State::more;
}

ResponseReader::State ResponseReader::parse_chunks() {
  std::string_view rest = buffer_;
  const auto wait = [&] {
    buffer_.erase(0, buffer_.size() - rest.size());
    return State::more;
  };
  while (true) {
    const auto stop = rest.find("\r\n");
    if (stop == std::string_view::npos) return rest.size() > kResponseHeadLimit ? malformed("found a chunk size without end") : wait();
    const auto line = rest.substr(0, stop);
    const auto digits = trim(line.substr(0, line.find(';')));
    std::size_t size = 0;
    if (!parse_whole(digits, size, 16)) return malformed(fmt::format("found the chunk size '{}'", line.substr(0, 40)));
    if (size == 0) {  // trailers are ignored
      if (rest.find("\r\n\r\n", stop) != std::string_view::npos) return end(Outcome::answered);
      return rest.size() > kResponseHeadLimit ? malformed("found trailers without end") : wait();
    }
    if (size > body_limit_ - result_.response.body.size()) return end(Outcome::too_large, describe_answer_limit(body_limit_));
    if (rest.size() < stop + 2 + size + 2) return wait();
    if (rest.substr(stop + 2 + size, 2) != "\r\n") return malformed("found a chunk longer than its size");
    result_.response.body += rest.substr(stop + 2, size);
    rest.remove_prefix(stop + 2 + size + 2);
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
