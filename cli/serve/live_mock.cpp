#include "cli/serve/live_mock.h"

#include "cli/options.h"
#include "cli/serve/staging.h"
#include "cli/sources.h"

namespace understudy {

struct LiveMock::Read {
  Texts texts;
  Staging staging;
};

std::vector<Problem> LiveMock::read_scenarios(const Contracts& contracts, Read& read) const {
  auto staging = read_staging(options_.paths, contracts);
  if (options_.may_be_empty) std::erase_if(staging.problems, [](const Problem& problem) { return problem.code == "no-scenarios"; });
  for (const auto& [tenant, file] : staging.files) read.texts[tenant] = file.document.text;
  auto problems = std::move(staging.problems);
  read.staging = std::move(staging);
  return problems;
}

tl::expected<LiveMock::Change, std::vector<Problem>> LiveMock::load() {
  const auto fail = [](Problem problem) { return tl::unexpected(std::vector<Problem>{std::move(problem)}); };
  Change change;
  FileSet contract_files;
  if (!options_.contracts.empty()) {
    auto files = load_folder(options_.contracts, "contracts");
    if (!files) return fail(std::move(files.error()));
    contract_files = std::move(*files);
  }
  auto contracts = contracts_;
  change.contracts = contracts_ == nullptr || contract_files != contract_files_;
  MockOptions mock_options = options_.mock;
  if (change.contracts) {
    auto loaded = load_contracts(options_.contracts);
    if (!loaded) return fail(std::move(loaded.error()));
    contracts = std::make_shared<const Contracts>(std::move(*loaded));
    auto profile = parse_profile(Json(options_.profile), *contracts);
    if (!profile) return fail(std::move(profile.error()));
    mock_options.profile = std::move(*profile);
    if (const auto& api = mock_options.only_api; !api.empty() && contracts->find_api(api) == nullptr) {
      std::vector<std::string> known;
      for (const auto& one : contracts->apis) known.push_back(one->api);
      return fail(usage("unknown-api", "found --api " + api + did_you_mean(api, known)));
    }
  }

  Read read;
  if (auto problems = read_scenarios(*contracts, read); !problems.empty()) return tl::unexpected(std::move(problems));
  Mock::Restaging restaging;
  for (auto& [tenant, document] : read.staging.given) {
    const auto before = texts_.find(tenant);
    const bool is_new = before == texts_.end();
    if (!change.contracts && !is_new && before->second == read.texts.at(tenant)) continue;
    ++(is_new ? change.added : change.staged);
    restaging.given.emplace_back(tenant, std::move(document));
  }
  for (const auto& [tenant, text] : texts_) {
    if (read.texts.contains(tenant)) continue;
    ++change.removed;
    restaging.removed.push_back(tenant);
  }
  const auto mock = change.contracts ? std::make_shared<Mock>(*contracts, mock_options) : now();
  if (const auto staged = mock->restage(restaging); !staged) {
    const auto& file = read.staging.files.at(staged.error().tenant);
    return fail(file.document.problem("/given", staged.error().problem.code, staged.error().problem.message));
  }
  contract_files_ = std::move(contract_files);
  contracts_ = std::move(contracts);
  texts_ = std::move(read.texts);
  const std::lock_guard lock(mutex_);
  mock_ = mock;
  return change;
}

std::shared_ptr<Mock> LiveMock::now() const {
  const std::lock_guard lock(mutex_);
  return mock_;
}

Delivery LiveMock::handle(const Request& request, const Caller& caller) const { return now()->handle(request, caller); }

std::string render_change(const LiveMock::Change& change) {
  std::string text = change.contracts ? "contracts changed, every tenant begins anew" : "";
  const auto add = [&](std::size_t count, const char* what) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + (count == 1 ? " scenario " : " scenarios ") + what;
  };
  add(change.staged, change.contracts ? "staged" : "changed");
  add(change.added, "added");
  add(change.removed, "removed");
  return text;
}

}  // namespace understudy
