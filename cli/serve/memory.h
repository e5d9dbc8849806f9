// Where memory goes that only the start needs.
#pragma once

namespace understudy {

// While it lives, mimalloc returns freed memory to the system at once: loading frees as much as it keeps. Does nothing with another
// allocator. One at a time.
class ReturnFreedMemory {
 public:
  ReturnFreedMemory();
  ~ReturnFreedMemory();
  ReturnFreedMemory(const ReturnFreedMemory&) = delete;
  ReturnFreedMemory& operator=(const ReturnFreedMemory&) = delete;

 private:
  long delay_ = 0;  // before; milliseconds
};

}  // namespace understudy
