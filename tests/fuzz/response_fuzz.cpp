// The runner's reader of responses takes any bytes, cut at any place, without failure; how they are cut does not change the result.
// The first byte of the input is the size of the pieces.
#include "conformance/target/response_reader.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

constexpr std::size_t kBodyLimit = 1000;

TransportResult read_in_pieces(std::string_view bytes, std::size_t size, std::string_view method) {
  ResponseReader reader(method, kBodyLimit);
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, size);
    if (reader.feed(piece) == ResponseReader::State::done) return reader.result();
    bytes.remove_prefix(piece.size());
  }
  reader.finish();
  return reader.result();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const auto* method : {"GET", "HEAD"}) {
    const auto whole = read_in_pieces(bytes, size, method);
    require(whole.response.body.size() <= kBodyLimit, "a body is not larger than the limit");
    require(whole.outcome == Outcome::answered || !whole.detail.empty(), "what is no answer has a reason");
    const auto pieces = read_in_pieces(bytes, 1 + data[0] % 16, method);
    require(pieces.outcome == whole.outcome, "pieces have the outcome of the whole");
    require(pieces.outcome != Outcome::answered || pieces.response == whole.response, "and its response");
  }
  return 0;
}
