// Owns what understudy_bench measures by itself; bench/run puts it into one table with what wrk measures.
#pragma once

#include <string>

namespace understudy::bench {

// A line for each workload: CPU microseconds an exchange costs inside Mock::handle. Nonzero when an answer is not the expected one.
int measure_engine();

// Milliseconds from exec to the first byte of the first answer of `binary serve`, the median of so many starts.
int measure_start(const std::string& binary, int starts);

// A port that nobody listened on a moment ago.
int print_free_port();

}  // namespace understudy::bench
