// understudy_transcripts DIR: replays every bundled scenario in every standard profile on the mock in this process and writes what was
// sent and received, one file per run. Two trees that behave alike write the same files: `diff -r` compares them.
// Every scenario runs on a virtual clock. The port is written as PORT, calls of the admin API are left out.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/local_mock.h"
#include "conformance/run/runner.h"
#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"
#include "conformance/target/wait.h"
#include "contracts/src/load/bundle.h"
#include "contracts/src/load/load.h"
#include "scenarios/src/model/collect.h"

namespace understudy {
namespace {

class RecordingTransport : public Transport {
 public:
  RecordingTransport(ConnectionOptions connection, int port) : inner_(std::move(connection)), port_(":" + std::to_string(port)) {}

  TransportResult send(const Url& target, const Request& request, const SendOptions& options) override {
    auto result = inner_.send(target, request, options);
    if (request.target.find("/__admin") == std::string::npos) record(request, result);
    return result;
  }

  std::string take() { return std::exchange(text_, {}); }

 private:
  void write(std::string_view text) {
    for (std::size_t start = 0; start < text.size();) {
      const auto found = std::min(text.find(port_, start), text.size());
      text_ += text.substr(start, found - start);
      if (found < text.size()) text_ += ":PORT";
      start = found + port_.size();
    }
  }

  void write(const Headers& headers, const std::string& body) {
    for (const auto& header : headers) {
      if (!equals_ignore_case(header.name, "Date")) write(header.name + ": " + header.value + "\n");
    }
    write("\n" + body + "\n");
  }

  void record(const Request& request, const TransportResult& result) {
    write(request.method + " " + request.target + "\n");
    write(request.headers, request.body);
    write(std::string(to_string(result.outcome)) + " " + std::to_string(result.response.status) + " " + result.response.reason + "\n");
    write(result.response.headers, result.response.body);
  }

  HttpTransport inner_;
  std::string port_;
  std::string text_;
};

int write_transcripts(const std::filesystem::path& folder) {
  const auto bundle = make_file_set(bundled_files());
  const auto contracts = load_contracts(bundled_files());
  auto collected = parse_scenarios(bundle);
  if (!contracts || !collected.problems.empty()) return 3;
  std::vector<const ScenarioFile*> files;
  for (auto& file : collected.files) {
    if (!file.scenario.given.clock) file.scenario.given.clock = parse_rfc3339("2026-03-02T09:00:00Z");
    files.push_back(&file);
  }
  const auto local = LocalMock::open(*contracts, Profile{}, 1);
  if (!local) return 8;
  const Target target = (*local)->target();
  SuiteOptions suite;
  suite.profiles = standard_profiles();
  const auto runs = plan_runs(files, *contracts, suite);
  if (!runs) return 8;
  const RunContext context{.contracts = *contracts, .target = target};
  RecordingTransport transport(target.connection, target.base->port);
  int failed = 0;
  for (const auto& run : *runs) {
    const auto verdict = run_scenario(run, context, {.pause = wait}, transport);
    const auto path = folder / render_profile(run.profile) / (run.name + ".txt");
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << transport.take() << "verdict " << to_string(verdict.kind) << "\n";
    if (verdict.kind != VerdictKind::passed && ++failed < 10) std::cerr << "transcripts: " << run.name << ": not passed\n";
  }
  std::cerr << "transcripts: " << runs->size() << " runs, " << failed << " not passed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: understudy_transcripts DIR\n";
    return 2;
  }
  return understudy::write_transcripts(argv[1]);
}
