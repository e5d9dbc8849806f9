#include "tests/reference/server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "tests/reference/text.h"

namespace reference {
namespace {

constexpr std::size_t kLargestBody = 8 * 1024 * 1024;
constexpr std::size_t kWorkers = 192;  // a kept-alive connection holds a thread, so there must be more threads than clients
constexpr std::size_t kRequestsPerConnection = 1'000'000;

class QuickServer : public httplib::Server {
 public:
  // The library listens with a backlog of five; a second listen() raises it.
  bool widen_backlog() { return ::listen(svr_sock_, 1024) == 0; }
};

Request read_request(const httplib::Request& from) {
  Request request{.method = from.method, .path = from.path, .target = from.target, .headers = {}, .query = {}, .body = {}};
  for (const auto& [name, value] : from.headers) request.headers.emplace(to_lower(name), value);
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  return request;
}

// Without a declared body nothing may be read: the library would wait for the read timeout.
bool declares_body(const Request& request) {
  return request.headers.contains("content-length") || request.headers.contains("transfer-encoding");
}

void write_answer(const Answer& answer, httplib::Response& to) {
  to.status = answer.status;
  for (const auto& [name, value] : answer.headers) to.set_header(name, value);
  if (answer.withheld_bytes > 0) {
    to.set_content_provider(answer.body.size() + answer.withheld_bytes, answer.content_type,
                            [body = answer.body](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                              if (offset == 0) sink.write(body.data(), body.size());
                              return false;
                            });
  } else if (!answer.body.empty()) {
    to.set_content(answer.body, answer.content_type);
  }
}

class Front {
 public:
  Front(QuickServer& server, const Handler& handler) : handler_(handler) {
    const auto plain = [this](const httplib::Request& from, httplib::Response& to) { answer(read_request(from), to); };
    // A content reader keeps the library from parsing forms, which it limits to 8 kB.
    const auto with_body = [this](const httplib::Request& from, httplib::Response& to, const httplib::ContentReader& read) {
      Request request = read_request(from);
      if (declares_body(request)) {
        const bool whole = read([&](const char* data, std::size_t size) {
          request.body.append(data, size);
          return request.body.size() <= kLargestBody;
        });
        // What calls itself multipart the library parses by itself; nothing here takes it, so it is answered unread.
        if (!whole && !from.is_multipart_form_data()) {
          to.status = request.body.size() > kLargestBody ? 413 : 400;
          return;
        }
      }
      answer(request, to);
    };
    server.Get(".*", plain).Options(".*", plain);
    server.Post(".*", with_body).Put(".*", with_body).Patch(".*", with_body).Delete(".*", with_body);
    server.set_logger(
        [this](const httplib::Request&, const httplib::Response&) {  // called after an answer is written, the library's own too
          if (std::exchange(answering_, false)) --unwritten_;
        });
  }

  // Waits until answers already being made are written, but not for ever.
  void drain() const {
    for (int i = 0; i < 200 && unwritten_ > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

 private:
  void answer(const Request& request, httplib::Response& to) {
    ++unwritten_;
    answering_ = true;
    write_answer(handler_(request), to);
  }

  const Handler& handler_;
  std::atomic<int> unwritten_{0};
  static thread_local bool answering_;
};

thread_local bool Front::answering_ = false;

}  // namespace

int serve(int port, const Handler& handler) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  QuickServer server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(kRequestsPerConnection);
  server.set_keep_alive_timeout(30);
  server.set_payload_max_length(kLargestBody);
  server.new_task_queue = [] { return new httplib::ThreadPool(kWorkers); };
  server.set_socket_options([](socket_t socket) {  // the library's own default, SO_REUSEPORT, lets two servers share a port unnoticed
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  Front front(server, handler);

  if (port == 0)
    port = server.bind_to_any_port("127.0.0.1");
  else if (!server.bind_to_port("127.0.0.1", port))
    port = -1;
  if (port <= 0 || !server.widen_backlog()) {
    std::fprintf(stderr, "cannot listen on 127.0.0.1: the port is in use\n");
    return 1;
  }
  std::thread listening([&server] { server.listen_after_bind(); });
  std::printf("http://127.0.0.1:%d\n", port);
  std::fflush(stdout);

  int received = 0;
  sigwait(&ends, &received);
  server.stop();
  front.drain();
  std::_Exit(0);  // joining would wait for idle kept-alive connections
}

}  // namespace reference
