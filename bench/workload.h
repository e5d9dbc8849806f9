// The measured requests: a successful one for each documented operation, a read, a list and a refused one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts/src/base/http.h"
#include "mock/mock.h"

namespace understudy::bench {

// Created before the measured requests.
struct Prepared {
  std::string token;
  std::string order;  // the id of one order
};

struct Workload {
  std::string name;
  int status = 200;
  std::function<Request(std::size_t turn, const Prepared& prepared)> make;  // `turn` makes values unique
};
std::vector<Workload> workloads();

// Signs in as the user demo, and stores one order.
Prepared prepare(Mock& mock);

}  // namespace understudy::bench
