#include "cli/serve/memory.h"

// Only the program links mimalloc, so that its functions are weak here.
#if __has_include(<mimalloc.h>)
#include <mimalloc.h>
#pragma weak mi_option_get
#pragma weak mi_option_set
#if MI_MALLOC_VERSION < 210
#define UNDERSTUDY_DELAY mi_option_decommit_delay
#else
#define UNDERSTUDY_DELAY mi_option_purge_delay
#endif
#endif

namespace understudy {

#ifdef UNDERSTUDY_DELAY
ReturnFreedMemory::ReturnFreedMemory() {
  if (mi_option_get == nullptr || mi_option_set == nullptr) return;
  delay_ = mi_option_get(UNDERSTUDY_DELAY);
  mi_option_set(UNDERSTUDY_DELAY, 0);
}

ReturnFreedMemory::~ReturnFreedMemory() {
  if (mi_option_set != nullptr) mi_option_set(UNDERSTUDY_DELAY, delay_);
}
#else
ReturnFreedMemory::ReturnFreedMemory() = default;
ReturnFreedMemory::~ReturnFreedMemory() = default;
#endif

}  // namespace understudy
