#include "mock/records/packed_record.h"

#include <cassert>
#include <cstring>
#include <new>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

struct OwnedJson {
  Json value;
  ~OwnedJson() { discard(value); }
};

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
  void* memory = ::operator new(sizeof(Block) + buffer.size());
  auto* block = new (memory) Block{.size = static_cast<std::uint32_t>(buffer.size())};
  std::memcpy(static_cast<char*>(memory) + sizeof(Block), buffer.data(), buffer.size());
  block_ = block;
  spare.keep(std::move(buffer));
}

void PackedRecord::destroy(Block* block) {
  const std::size_t bytes = sizeof(Block) + block->size;
  block->~Block();
  ::operator delete(block, bytes);
}

Record PackedRecord::read() const {
  if (!has_value()) return nullptr;
  auto value = parse_json(text(), nullptr, kStoredJson);
  assert(value);
  return make_record(value ? *std::move(value) : Json::object());
}

}  // namespace understudy
