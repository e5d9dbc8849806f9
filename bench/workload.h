// Owns the requests that are measured: for each documented operation one that succeeds, a read-back and a refusal.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contracts/src/http.h"

namespace understudy::bench {

struct Workload {
  std::string name;
  int status = 200;
  std::function<Request(std::size_t turn, const std::string& token)> make;  // `turn` makes what must be unique so
};
std::vector<Workload> workloads();

Request token_request();

}  // namespace understudy::bench
