// A record as it is kept: its compact JSON text in one block of memory, which costs a quarter of what the value does.
#pragma once

#include <atomic>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <memory>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

using Record = std::shared_ptr<const Json>;  // as it is read

// Of JSON that this program wrote to read it again: a record, a commit or a state may have more levels than the request that made it.
inline constexpr JsonLimits kStoredJson{.depth = 2 * kMaxJsonDepth};

// In memory that the thread keeps for its next requests.
Record make_record(Json record);

// Immutable; copies share the text. Thread-safe.
class PackedRecord {
 public:
  PackedRecord() = default;  // none
  explicit PackedRecord(const Json& record);

  bool has_value() const { return block_ != nullptr; }
  std::string_view text() const { return has_value() ? std::string_view(text_of(*block_), block_->size) : std::string_view(); }
  Record read() const;  // null: none
  bool is_same_block(const PackedRecord& other) const { return block_ == other.block_; }
  bool operator==(const PackedRecord& other) const { return has_value() == other.has_value() && text() == other.text(); }

 private:
  struct Block {  // the text is behind it
    std::atomic<std::uint32_t> uses = 0;
    std::uint32_t size;
  };
  static const char* text_of(const Block& block) { return reinterpret_cast<const char*>(&block + 1); }
  friend void intrusive_ptr_add_ref(Block* block) { block->uses.fetch_add(1, std::memory_order_relaxed); }
  friend void intrusive_ptr_release(Block* block) {
    if (block->uses.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(block);
  }
  static void destroy(Block* block);

  boost::intrusive_ptr<Block> block_;
};

}  // namespace understudy
