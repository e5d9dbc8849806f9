// The memory that `verify` needs for a large answer, as a process.
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/scripted_server.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// What sanitizers lay around each piece of memory.
std::size_t sanitizer_factor() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  if (release_binary() == understudy_binary()) return 8;
#endif
  return 1;
}

constexpr std::size_t kSize = 12'000'000;  // bytes; of smaller answers, the program itself is a large part

std::string list_of(const std::string& element) {
  std::string body = "{\"name\":\"x\",\"list\":[";
  while (body.size() < kSize) body += element + ",";
  return body + "1]}";
}

std::string product() {
  std::string text = "{\"id\":12345,\"description\":\"" + std::string(200, 'a') + "\"";
  for (int i = 0; i < 18; ++i) text += ",\"member_" + std::to_string(i) + "\":\"value " + std::to_string(i) + "\"";
  return text + "}";
}

Script reply(const std::string& body) {
  return {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          Script::Then::keep};
}

// The largest resident memory of a process that ends by itself, in bytes.
std::size_t peak_of(const Process& process) {
  for (std::size_t peak = 0;;) {
    std::ifstream status("/proc/" + std::to_string(process.id()) + "/status");
    bool runs = false;
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("VmHWM:")) continue;
      peak = static_cast<std::size_t>(std::stoul(line.substr(6))) * 1024;
      runs = true;
    }
    if (!runs) return peak;
  }
}

}  // namespace

TEST_CASE("an answer needs at most 12 times its size in memory, or is refused by name", "[cli][memory]") {
  struct Row {
    const char* why;
    std::string body;
    const char* refusal;  // "": judged
  };
  const auto row = GENERATE(values<Row>({
      {"objects with many members", list_of(product()), ""},
      {"one long string", "{\"name\":\"x\",\"text\":\"" + std::string(kSize, 'a') + "\"}", ""},
      {"small records", list_of(R"({"id":12345,"title":"a lamp","tags":["x","y"],"price":12.5})"), "JSON that needs more than "},
      {"small records with the code of an unknown call", list_of(R"({"id":-32601,"title":"a lamp","tags":["x"]})"),
       "JSON that needs more than "},
      {"short numbers", list_of("1"), "more than 2000000 JSON values"},
  }));
  INFO(row.why);
  ScriptedServer server({reply(row.body), reply("{}")});
  const Folder folder;
  const auto file = folder.write("case.yaml",
                                 "understudy: 1\nscenario: A large answer\napi: veeqo\nsteps:\n  - { request: { method: GET, path: /a }, "
                                 "expect: { status: 200, contract: unchecked, body: { name: x } } }\n");

  Process run(release_binary(), {"verify", file, "--target", render_origin(server.url()), "--timeout", "25s"});
  const auto peak = peak_of(run);
  const auto ended = run.wait();

  INFO(ended.out << ended.err << peak);
  CHECK(ended.code == (*row.refusal == '\0' ? 0 : 1));
  CHECK_THAT(ended.out, CONTAINS(row.refusal));
  CHECK(peak < 12 * row.body.size() * sanitizer_factor());
}

TEST_CASE("the answers of one scenario are bounded together", "[cli][memory]") {
  const auto body = "{\"text\":\"" + std::string(1000, 'a') + "\"}";
  ScriptedServer server(std::vector<Script>(12, reply(body)));
  const Folder folder;
  std::string steps;
  for (int i = 0; i < 10; ++i) steps += "  - { request: { method: GET, path: /a }, expect: { status: 200, contract: unchecked } }\n";
  const auto file = folder.write("case.yaml", "understudy: 1\nscenario: Many answers\napi: veeqo\nsteps:\n" + steps);

  const auto ended = run_understudy({"verify", file, "--target", render_origin(server.url()), "--answer-limit", "1100"});

  CHECK(ended.code == 1);
  CHECK_THAT(ended.out, CONTAINS("step 9"));
  CHECK_THAT(ended.out, CONTAINS("the answers of this scenario are together larger than 8 times --answer-limit"));
}
