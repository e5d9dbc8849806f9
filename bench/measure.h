// The measurements of understudy_bench; bench/run.py prints them in one table with those of wrk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace understudy::bench {

// Prints the CPU microseconds of one exchange inside Mock::handle for each workload. Nonzero if a response is not as expected.
int measure_engine();

// Starts the command so many times, and prints the milliseconds from exec to the first byte of its first response at the port: least,
// median and most. The command must listen at 127.0.0.1.
int measure_start(int starts, std::uint16_t port, std::vector<char*> command);

}  // namespace understudy::bench
