#include "conformance/target/content_coding.h"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <ranges>
#include <vector>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kMostCodings = 5;
constexpr std::size_t kStep = 65536;  // bytes decoded at a time
constexpr std::string_view kTruncated = "the stream is truncated";

struct Decoded {
  std::string body;
  std::size_t limit = 0;
  bool is_too_large = false;
  std::string error;  // empty: none

  bool append(const unsigned char* data, std::size_t size) {
    is_too_large = body.size() + size > limit;
    if (!is_too_large) body.append(reinterpret_cast<const char*>(data), size);
    return !is_too_large;
  }
  void end(std::size_t left) {
    if (left != 0) error = "bytes follow the end of the stream";
  }
};

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool has_zlib_frame(std::string_view body) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(bytes_of(body)[i]); };
  return body.size() > 1 && (byte(0) & 15U) == 8 && (byte(0) << 8 | byte(1)) % 31 == 0;  // RFC 1950 section 2.2
}

// zlib's `window bits` choose the form: gzip, deflate as RFC 9110 section 8.4.1.2 wants it (with a zlib frame), or, as some servers send
// it, without the frame.
void inflate_all(std::string_view body, int window_bits, Decoded& decoded) {
  z_stream stream{};
  if (const int code = inflateInit2(&stream, window_bits); code != Z_OK) {
    decoded.error = zError(code);
    return;
  }
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, inflateEnd);
  stream.next_in = const_cast<unsigned char*>(bytes_of(body));
  stream.avail_in = static_cast<uInt>(body.size());
  std::array<unsigned char, kStep> buffer{};
  while (true) {
    stream.next_out = buffer.data();
    stream.avail_out = kStep;
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (!decoded.append(buffer.data(), kStep - stream.avail_out)) return;
    if (code == Z_STREAM_END) return decoded.end(stream.avail_in);
    if (code == Z_BUF_ERROR || (code == Z_OK && stream.avail_in == 0 && stream.avail_out != 0))
      decoded.error = kTruncated;
    else if (code != Z_OK)
      decoded.error = stream.msg != nullptr ? stream.msg : zError(code);
    if (!decoded.error.empty()) return;
  }
}

void decode_brotli(std::string_view body, Decoded& decoded) {
  const std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  if (state == nullptr) {
    decoded.error = "out of memory";
    return;
  }
  const unsigned char* next_in = bytes_of(body);
  std::size_t left = body.size();
  std::array<unsigned char, kStep> buffer{};
  while (true) {
    unsigned char* next_out = buffer.data();
    std::size_t room = kStep;
    const auto code = BrotliDecoderDecompressStream(state.get(), &left, &next_in, &room, &next_out, nullptr);
    if (!decoded.append(buffer.data(), kStep - room)) return;
    if (code == BROTLI_DECODER_RESULT_SUCCESS) return decoded.end(left);
    if (code == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) decoded.error = kTruncated;
    if (code == BROTLI_DECODER_RESULT_ERROR) decoded.error = BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state.get()));
    if (!decoded.error.empty()) return;
  }
}

Decoded decode(const std::string& coding, std::string_view body, std::size_t limit) {
  Decoded decoded{.body = {}, .limit = limit, .error = {}};
  if (coding == "br")
    decode_brotli(body, decoded);
  else if (coding == "gzip" || coding == "x-gzip")
    inflate_all(body, MAX_WBITS + 16, decoded);
  else if (coding == "deflate")
    inflate_all(body, has_zlib_frame(body) ? MAX_WBITS : -MAX_WBITS, decoded);
  else
    decoded.error = "understudy knows gzip, deflate and br";
  return decoded;
}

}  // namespace

void decode_content(TransportResult& result, std::size_t limit) {
  auto& response = result.response;
  std::vector<std::string> codings;  // in the order in which they were applied
  for (const auto& header : response.headers) {
    if (!equals_ignore_case(header.name, "Content-Encoding")) continue;
    for (const auto part : split(header.value, ',')) {
      if (const auto coding = trim(part); !coding.empty() && !equals_ignore_case(coding, "identity")) codings.push_back(to_lower(coding));
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
      result.undecoded = fmt::format("Content-Encoding: {} cannot be decoded: {}: {}", list, coding, decoded.error);
    }
    if (decoded.is_too_large || !decoded.error.empty()) return;
    body = std::move(decoded.body);
  }
  response.body = std::move(body);
}

}  // namespace understudy
