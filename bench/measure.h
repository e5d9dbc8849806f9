// The measurements of understudy_bench; bench/run prints them in one table with those of wrk.
#pragma once

#include <string>

namespace understudy::bench {

// Prints the CPU microseconds of one exchange inside Mock::handle for each workload. Nonzero if a response is not as expected.
int measure_engine();

// Makes so many exchanges of one workload on one thread, after a warm-up: for callgrind, which counts instructions. The difference of two
// runs with different numbers leaves out the start.
int run_exchanges(const std::string& name, std::size_t exchanges);

// Prints the milliseconds from exec to the first byte of the first response of `binary serve`: least, median and most.
int measure_start(const std::string& binary, int starts);

// Prints a port that is free at this moment.
int print_free_port();

}  // namespace understudy::bench
