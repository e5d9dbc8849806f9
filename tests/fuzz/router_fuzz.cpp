// The input is lines of METHOD TARGET. Whatever they ask for, the way is found or not without failure, the same way each time, and
// what was found is the API's own.
#include "contracts/src/base/http.h"
#include "contracts/src/load/load.h"
#include "contracts/src/model/router.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

const Contracts& contracts() {
  static const Contracts kContracts = [] {
    const auto files = load_folder(UNDERSTUDY_SOURCE_DIR "/tests/data/toy/contracts", "contracts");
    require(files.has_value(), "the toy contracts are there");
    auto parsed = parse_contracts(*files);
    require(parsed.has_value(), "the toy contracts load");
    return *std::move(parsed);
  }();
  return kContracts;
}

void check_route(const Route& route, std::string_view method) {
  if (route.contract == nullptr) {
    require(route.operation == nullptr && !route.is_batch && route.allowed.empty(), "without an API there is nothing");
    return;
  }
  if (route.operation == nullptr) return;
  require(route.contract->find_operation(route.operation->id) == route.operation, "the operation is the API's");
  require(route.operation->method == method && route.allowed.empty(), "the method is the operation's");
  for (const auto& [name, value] : route.path) {
    require(route.operation->path.find("{" + name + "}") != std::string::npos, "each parameter stands in the path");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Router kAll(contracts());
  static const Router kFirst(contracts(), contracts().apis.front()->api);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string_view method = line.substr(0, line.find(' '));
    const std::string_view target = line.substr(std::min(method.size() + 1, line.size()));
    const Route route = kAll.find(method, target);
    check_route(route, method);
    check_route(kAll.find(method, target, contracts().apis.front().get()), method);
    const Route alone = kFirst.find(method, target);
    check_route(alone, method);
    require(alone.contract == contracts().apis.front().get(), "an API that is alone gets everything");
    const Route again = kAll.find(method, target);
    require(again.contract == route.contract && again.operation == route.operation && again.path == route.path, "a way stays the same");
  }
  return 0;
}
