#include "cli/contracts/import_recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/commands.h"
#include "cli/contracts/made_files.h"
#include "cli/inputs.h"
#include "conformance/target/target.h"
#include "contracts/src/har/read_recording.h"
#include "contracts/src/model/router.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/parse.h"
#include "scenarios/src/write/recorded.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

// A contract that describes nothing: scenarios of its API send requests without operations.
constexpr std::pair<const char*, const char*> kEmptyContract[] = {
    {"openapi.yaml",
     "openapi: 3.1.0\n"
     "jsonSchemaDialect: http://json-schema.org/draft-07/schema#\n"
     "info: {{ title: {0}, version: \"1\" }}\n"
     "servers: [{{ url: /{0} }}]\n"
     "x-source: \"recording:1\"\n"
     "x-evidence: assumed\n"
     "paths: {{}}\n"},
    {"rules.yaml", "defaults: {{ source: \"recording:1\", evidence: assumed }}\ncredentials: {{ kind: none }}\n"},
    {"answers.yaml", "defaults: {{ source: \"recording:1\", evidence: assumed }}\nanswers: {{}}\n"},
};

constexpr const char* kContractComment =
    "# An API that no contract describes yet: its scenarios send plain requests. Add operations here (docs/contracts.md).\n";

class RecordingImporter {
 public:
  explicit RecordingImporter(const RecordingImport& options) : options_(options) {}

  Result<void> run() {
    if (auto read = read_exchanges(); !read) return read;
    if (auto found = find_contract(); !found) return found;
    if (auto kept = keep_one_base(); !kept) return kept;
    const bool have_times = std::ranges::none_of(exchanges_, [](const Exchange& one) { return one.at == Time(); });
    if (have_times) std::ranges::stable_sort(exchanges_, {}, &Exchange::at);
    const auto file = fs::path(options_.file);
    const auto recorded = make_recorded_scenario(*contract_, exchanges_, "What " + file.filename().string() + " recorded");
    report(recorded);
    if (recorded.text.empty())
      return tl::unexpected(
          make_problem(Failure::bad_file, "nothing-recorded", "found no exchange of which a step could be made", {.file = options_.file}));
    const auto path = fs::path(options_.folder) / "scenarios" / contract_->api / (file.stem().string() + ".yaml");
    if (auto right = check(recorded.text, path.string()); !right) return right;
    const auto comment = fmt::format("# What was recorded, made by `understudy import` from {}.\n", file.filename().string());
    if (auto written = files_.write(path, comment, recorded.text); !written) return written;
    std::cout << fmt::format("{}: {} steps for {}{}; {}\n", contract_->api, recorded.steps, path.string(),
                             recorded.raw == 0 ? "" : fmt::format(", {} of them plain requests", recorded.raw), files_.describe_counts());
    return {};
  }

 private:
  Result<void> read_exchanges() {
    std::ifstream in(options_.file, std::ios::binary);
    if (!in) return tl::unexpected(usage_problem("file-unreadable", "cannot read " + options_.file));
    const auto counts = read_recording(in, options_.file, [this](Exchange&& exchange) { exchanges_.push_back(std::move(exchange)); });
    if (!counts) return tl::unexpected(counts.error());
    if (counts->unreadable > 0)
      std::cerr << fmt::format("left out {} entries that are no HTTP exchanges ({})\n", counts->unreadable, counts->example);
    return {};
  }

  // That of --contracts, of an earlier import into this folder, or a bundled one; else a new one.
  Result<void> find_contract() {
    const auto own = fs::path(options_.folder) / "contracts";
    std::error_code error;
    auto folder = options_.contracts;
    if (folder.empty() && fs::is_directory(own, error)) folder = own.string();
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto contracts = load_contracts(folder);
      if (!contracts) return tl::unexpected(contracts.error());
      const auto found = std::ranges::find(contracts->apis, options_.api, [](const auto& one) { return one->api; });
      if (found != contracts->apis.end()) {
        contract_ = *found;
        return {};
      }
      for (const auto& [name, text] : kEmptyContract) {
        auto written = files_.write(own / options_.api / name, kContractComment, fmt::format(fmt::runtime(text), options_.api));
        if (!written) return written;
      }
      folder = own.string();
    }
    return tl::unexpected(usage_problem("unknown-api", "found no contract of " + options_.api));
  }

  // Keeps the exchanges of one server, with targets below the base.
  Result<void> keep_one_base() {
    std::string origin, path = contract_->base;
    if (options_.base.empty()) {
      origin = find_main_origin();
    } else {
      const auto base = parse_url(options_.base);
      if (!base) return tl::unexpected(base.error());
      origin = base->scheme + "://" + render_authority(*base);
      path = base->path;
    }
    const auto all = exchanges_.size();
    std::erase_if(exchanges_, [&](Exchange& exchange) {
      if (exchange.origin != origin) return true;
      const auto target = below_base(path, exchange.request.target);
      if (target) exchange.request.target = *target;
      return !target && !options_.base.empty();
    });
    if (exchanges_.size() < all)
      std::cerr << fmt::format("left out {} exchanges that are not below {}\n", all - exchanges_.size(), origin + path);
    return {};
  }

  // Most of the calls of the API's operations go there; without operations most answers in JSON come from there.
  std::string find_main_origin() const {
    Contracts contracts;
    contracts.apis.push_back(contract_);
    const Router router(contracts);
    std::map<std::string, std::size_t> counts;
    for (const Exchange& exchange : exchanges_) {
      const Route route = router.find(exchange.request.method, exchange.request.target);
      const auto type = find_header(exchange.response.headers, "Content-Type").value_or("");
      counts[exchange.origin] += route.operation != nullptr || route.is_batch ? 1000 : type.find("json") != std::string_view::npos ? 1 : 0;
    }
    const auto most = std::ranges::max_element(counts, {}, [](const auto& item) { return item.second; });
    return most == counts.end() ? "" : most->first;
  }

  Result<void> check(const std::string& text, const std::string& path) const {
    const auto file = parse_scenario(text, path);
    if (!file) return tl::unexpected(file.error());
    Contracts contracts;
    contracts.apis.push_back(contract_);
    const auto problems = lint_scenario(*file, contracts);
    return problems.empty() ? Result<void>() : tl::unexpected(problems.front());
  }

  static void report(const RecordedScenario& recorded) {
    for (const auto& [reason, count] : recorded.left_out)
      std::cerr << fmt::format("left out {} exchange{}: {}\n", count, count == 1 ? "" : "s", reason);
    for (const auto& credential : recorded.credentials) std::cerr << "credential: " << credential << "\n";
  }

  const RecordingImport& options_;
  MadeFiles files_;
  std::vector<Exchange> exchanges_;
  std::shared_ptr<const Contract> contract_;
};

}  // namespace

int import_recording(const RecordingImport& options) {
  const auto done = RecordingImporter(options).run();
  return done ? kPassed : report_problem(done.error());
}

}  // namespace understudy
