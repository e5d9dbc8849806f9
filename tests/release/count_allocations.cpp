// A library to preload: counts the calls that a program makes to allocate memory, operator new and the functions of malloc. The count is
// 8 bytes in the file that UNDERSTUDY_COUNT names, so that another process can read it at any time. See also: counts_test.py.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> unused;
std::atomic<std::uint64_t>* count = &unused;
thread_local int depth [[gnu::tls_model("initial-exec")]] = 0;  // operator new may call malloc: that is one call of the program

__attribute__((constructor)) void map_count() {
  const char* path = std::getenv("UNDERSTUDY_COUNT");
  if (path == nullptr) return;
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* bytes = ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (bytes != MAP_FAILED) count = static_cast<std::atomic<std::uint64_t>*>(bytes);
}

// Calls the function of this name in the next library.
template <class Function, class... Arguments>
void* allocate(Function*& next, const char* name, Arguments... arguments) {
  if (next == nullptr) next = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
  if (depth == 0) count->fetch_add(1, std::memory_order_relaxed);
  ++depth;
  void* made = next(arguments...);
  --depth;
  return made;
}

using Size = void*(std::size_t);
using Nothrow = void*(std::size_t, const std::nothrow_t&);
using Aligned = void*(std::size_t, std::align_val_t);
using Two = void*(std::size_t, std::size_t);
using Again = void*(void*, std::size_t);
Size *next_new, *next_new_array, *next_malloc;
Nothrow *next_new_nothrow, *next_new_array_nothrow;
Aligned *next_new_aligned, *next_new_array_aligned;
Two *next_calloc, *next_aligned_alloc;
Again* next_realloc;

}  // namespace

void* operator new(std::size_t size) { return allocate(next_new, "_Znwm", size); }
void* operator new[](std::size_t size) { return allocate(next_new_array, "_Znam", size); }
void* operator new(std::size_t size, const std::nothrow_t& tag) noexcept {
  return allocate<Nothrow, std::size_t, const std::nothrow_t&>(next_new_nothrow, "_ZnwmRKSt9nothrow_t", size, tag);
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return allocate<Nothrow, std::size_t, const std::nothrow_t&>(next_new_array_nothrow, "_ZnamRKSt9nothrow_t", size, tag);
}
void* operator new(std::size_t size, std::align_val_t align) { return allocate(next_new_aligned, "_ZnwmSt11align_val_t", size, align); }
void* operator new[](std::size_t size, std::align_val_t align) {
  return allocate(next_new_array_aligned, "_ZnamSt11align_val_t", size, align);
}

extern "C" {
void* malloc(std::size_t size) noexcept { return allocate(next_malloc, "malloc", size); }
void* calloc(std::size_t elements, std::size_t size) noexcept { return allocate(next_calloc, "calloc", elements, size); }
void* realloc(void* old, std::size_t size) noexcept { return allocate(next_realloc, "realloc", old, size); }
void* aligned_alloc(std::size_t align, std::size_t size) noexcept { return allocate(next_aligned_alloc, "aligned_alloc", align, size); }
}
