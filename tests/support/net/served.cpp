#include "tests/support/net/served.h"

#include <csignal>

#include "tests/support/catch.h"

namespace understudy::test {
namespace {

std::vector<std::string> with_port(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "serve");
  for (const char* each : {"-p", "0", "--print-url"}) arguments.emplace_back(each);
  return arguments;
}

}  // namespace

Served::Served(std::vector<std::string> arguments, const std::string& program) : process_(program, with_port(std::move(arguments))) {
  url_ = process_.read_line();
  if (url_.empty()) {
    const auto ended = process_.wait();
    FAIL("understudy serve ended with " << ended.code << ": " << ended.err);
  }
  port_ = static_cast<std::uint16_t>(std::stoi(url_.substr(url_.rfind(':') + 1)));
}

Ended Served::stop() {
  process_.send(SIGTERM);
  return process_.wait();
}

std::string Served::get(const std::string& target, const std::string& headers) const {
  return ask(port_, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n").bytes;
}

}  // namespace understudy::test
