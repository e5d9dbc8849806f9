// The input is the files of a contract, each after a line "%% name". Whatever they hold, loading ends in a contract or in a problem with
// its place, the same way each time, and a contract that loads can be routed and checked.
#include "contracts/src/load/load.h"
#include "contracts/src/model/check.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/router.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

ContractFiles split_files(std::string_view input) {
  ContractFiles files{.api = "shelf", .folder = "contracts/shelf"};
  std::string* text = nullptr;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    if (line.starts_with("%% "))
      text = &files.texts[std::string(line.substr(3))];
    else if (text != nullptr)
      (*text += line) += '\n';
  }
  return files;
}

void check_contract(const Contracts& contracts) {
  const Router router(contracts);
  const Contract& contract = *contracts.apis.front();
  const Switches switches = resolve_profile(Profile(), contract);
  for (const Operation& operation : contract.operations) {
    require(contract.find_operation(operation.id) == &operation, "an operation is found by its id");
    const Route route = router.find(operation.method, contract.base + operation.path);
    require(route.contract == nullptr || route.contract == &contract, "a path belongs to the API or to none");
    check_response(contract, operation, switches, {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = "{}"});
    check_shape(contract, operation, Json::object());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ContractFiles files = split_files({reinterpret_cast<const char*>(data), size});
  auto contract = parse_contract(files);
  const auto again = parse_contract(files);
  require(contract.has_value() == again.has_value(), "the same files have the same result");
  if (!contract) {
    const Problem& problem = contract.error();
    require(!problem.code.empty() && !problem.message.empty() && problem.place.file.starts_with(files.folder), "a problem has its place");
    require(render_problem(problem) == render_problem(again.error()), "the same files have the same problem");
    return 0;
  }
  check_contract({.apis = {std::make_shared<const Contract>(*std::move(contract))}});
  return 0;
}
