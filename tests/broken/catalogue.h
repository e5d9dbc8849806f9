// The catalogue of broken servers: the reference implementation, wrong in exactly one way each. A variant either forgets rules by
// name (tests/reference/rules.h) or edits a correct answer.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/reference/http.h"

namespace broken {

using Edit = std::function<void(const reference::Request&, reference::Answer&)>;

struct Variant {
  std::string name;
  std::string operation;  // api.operation that shows it
  std::string code;       // of the finding that a judge must report: a schema keyword, status, answer, header, match.value, ...
  std::string where;  // JSON Pointer into the answer (in a batch: into the call's element), or what is expected and seen: "200, not 201"
  std::string description;  // one line
  std::vector<std::string> forgets = {};
  Edit edit = nullptr;
  bool shared = false;  // wrong in what all operations of its API share, so that others than the one named show it too
};

const std::vector<Variant>& catalogue();  // names are unique
const Variant* find_variant(std::string_view name);

std::vector<Variant> sellercloud_variants();
std::vector<Variant> purchase_order_and_token_variants();
std::vector<Variant> veeqo_variants();
std::vector<Variant> seller_center_variants();

}  // namespace broken
