// The APIs that have C++ beside their data: mock/vendors/<api>.cpp defines <api>_module().
#include "mock/vendors/module.h"

// One line for each API.
#define UNDERSTUDY_MODULES(module) \
  module(sellercenter);            \
  module(sellercloud);             \
  module(veeqo);

namespace understudy {

#define DECLARE(api) const Module& api##_module()
UNDERSTUDY_MODULES(DECLARE)

const Module* find_module(std::string_view name) {
#define FIND(api) \
  if (name == #api) return &api##_module()
  UNDERSTUDY_MODULES(FIND)
  return nullptr;
}

}  // namespace understudy
