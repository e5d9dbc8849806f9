// Owns the HTTP server (cpp-httplib): sockets, threads, signals. What to answer is decided by the handler.
#pragma once

#include <functional>

#include "tests/reference/http.h"

namespace reference {

using Handler = std::function<Answer(const Request&)>;

// Serves 127.0.0.1:port (0: any free one), prints `http://127.0.0.1:PORT` on stdout once it accepts, and returns the exit code
// after SIGTERM or SIGINT. The handler is called from many threads.
int serve(int port, const Handler& handler);

}  // namespace reference
