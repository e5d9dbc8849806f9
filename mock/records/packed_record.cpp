#include "mock/records/packed_record.h"

#include <algorithm>
#include <cassert>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

struct OwnedJson {
  Json value;
  ~OwnedJson() { discard(value); }
};

// A record may have more levels than the request that it came from.
constexpr JsonLimits kOfRecords{.depth = 2 * kMaxJsonDepth};

}  // namespace

Record make_record(Json record) {
  auto owned = std::allocate_shared<OwnedJson>(JsonAllocator<OwnedJson>(), std::move(record));
  const Json* value = &owned->value;
  return {std::move(owned), value};
}

PackedRecord::PackedRecord(const Json& record) {
  thread_local SpareText spare;
  std::string buffer = spare.take();
  append_json(record, buffer);
  size_ = buffer.size();
  const auto text = std::make_shared_for_overwrite<char[]>(size_);
  std::ranges::copy(buffer, text.get());
  text_ = text;
  spare.keep(std::move(buffer));
}

Record PackedRecord::read() const {
  if (!has_value()) return nullptr;
  auto value = parse_json(text(), nullptr, kOfRecords);
  assert(value);
  return make_record(value ? *std::move(value) : Json::object());
}

}  // namespace understudy
