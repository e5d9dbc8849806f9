#include "conformance/target/wait.h"

#include <thread>

namespace understudy {

void wait(Milliseconds time) { std::this_thread::sleep_for(time); }

}  // namespace understudy
