// A record as it is kept: its compact JSON text in one block of memory, which costs a quarter of what the value does.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

using Record = std::shared_ptr<const Json>;  // as it is read

// In memory that the thread keeps for its next requests.
Record make_record(Json record);

// Immutable; copies share the text. Thread-safe.
class PackedRecord {
 public:
  PackedRecord() = default;  // none
  explicit PackedRecord(const Json& record);

  bool has_value() const { return text_ != nullptr; }
  std::string_view text() const { return {text_.get(), size_}; }
  Record read() const;  // null: none
  bool is_same_block(const PackedRecord& other) const { return text_ == other.text_; }
  bool operator==(const PackedRecord& other) const { return has_value() == other.has_value() && text() == other.text(); }

 private:
  std::shared_ptr<const char[]> text_;
  std::size_t size_ = 0;
};

}  // namespace understudy
