// The APIs that have C++ beside their data: mock/vendors/<api>.cpp defines <api>_module().
#include "mock/vendors/module.h"

namespace understudy {

const Module& sellercenter_module();
const Module& sellercloud_module();
const Module& veeqo_module();
const Shows& veeqo_shows();

const Module* find_module(std::string_view api) {
  if (api == "sellercenter") return &sellercenter_module();
  if (api == "sellercloud") return &sellercloud_module();
  if (api == "veeqo") return &veeqo_module();
  return nullptr;
}

Show find_show(std::string_view api, const Operation& operation) {
  if (api != "veeqo") return nullptr;
  const Shows& shows = veeqo_shows();
  const auto own = shows.find(operation.id);
  const auto found = own != shows.end() ? own : shows.find(operation.collection);
  return found == shows.end() ? nullptr : found->second;
}

}  // namespace understudy
