#include "cli/serve/live_mock.h"

#include "cli/apis.h"
#include "cli/inputs.h"
#include "mock/state/stubs.h"
#include "mock/state/tenant.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/given.h"
#include "scenarios/src/model/staged.h"

namespace understudy {
namespace {

// The scenarios on disk: one tenant for each file, named by its stem.
struct Staging {
  std::map<std::string, ScenarioFile> files;  // by tenant
  std::map<std::string, Json> given;          // by tenant: the body of PUT /__admin/tenants/{name}
  std::vector<Problem> problems;
};

// Two scenarios that claim one credential are a problem that names both places.
Staging read_staging(const std::vector<std::string>& paths, const Contracts& contracts) {
  Staging staging;
  if (paths.empty()) return staging;
  Collected collected = load_scenarios(paths);
  staging.problems = std::move(collected.problems);
  for (ScenarioFile& file : collected.files) {
    auto problems = lint_scenario(file, contracts);
    const bool is_sound = problems.empty();
    for (auto& problem : problems) staging.problems.push_back(std::move(problem));
    const std::string tenant = file.scenario.stem;
    if (const auto owner = staging.files.find(tenant); owner != staging.files.end()) {
      staging.problems.push_back(claimed_before(file, owner->second));
      continue;
    }
    if (is_sound) {
      auto document = render_given(file, staged_variables(file.scenario));
      if (document)
        staging.given[tenant] = std::move(*document);
      else
        staging.problems.push_back(std::move(document.error()));
    }
    staging.files.emplace(tenant, std::move(file));
  }
  return staging;
}

FileSet add_bundled_contracts(FileSet files) {
  for (const auto& [name, text] : embedded_files()) {
    if (name.starts_with("contracts/")) files.emplace(name, text);
  }
  return files;
}

}  // namespace

tl::expected<LiveMock::Change, std::vector<Problem>> LiveMock::load() {
  const auto fail = [](Problem problem) { return tl::unexpected(std::vector<Problem>{std::move(problem)}); };
  Change change;
  FileSet contract_files;
  const Sources named = options_.contracts.empty() ? Sources() : sort_sources({options_.contracts});
  if (!options_.contracts.empty() && named.apis.empty()) {
    auto files = load_folder(options_.contracts, "contracts");
    if (!files) return fail(std::move(files.error()));
    contract_files = std::move(*files);
  }
  const Sources sources = sort_sources(options_.paths);
  std::map<std::string, std::string> api_texts;
  for (const std::string& path : named.apis) {
    if (auto text = load_text(path)) contract_files.emplace("apis/" + path, *std::move(text));
  }
  for (const std::string& path : sources.apis) {
    auto text = load_text(path);
    if (!text) return fail(std::move(text.error()));
    contract_files.emplace("apis/" + path, *text);
    api_texts.emplace(path, *std::move(text));
  }
  if (options_.mock.stubs == nullptr) options_.mock.stubs = std::make_shared<Stubs>();  // they outlive changed contracts
  auto contracts = contracts_;
  std::vector<ApiContract> apis;
  const bool with_bundled = api_texts.empty() || !options_.contracts.empty();  // else OpenAPI files are served alone
  change.contracts = contracts_ == nullptr || contract_files != contract_files_;
  MockOptions mock_options = options_.mock;
  if (change.contracts) {
    auto loaded = with_bundled ? load_contracts(options_.contracts) : Result<Contracts>(Contracts{});
    if (!loaded) return fail(std::move(loaded.error()));
    for (const auto& [path, text] : api_texts) {
      auto api = parse_api(path, text);
      if (!api) return tl::unexpected(std::move(api.error()));
      if (auto added = add_api(*loaded, *api, path); !added) return fail(std::move(added.error()));
      apis.push_back(std::move(*api));
    }
    if (loaded->apis.size() == 1 && !apis.empty()) mock_options.only_api = apis.front().file.name;
    contracts = std::make_shared<const Contracts>(std::move(*loaded));
    auto profile = parse_profile(Json(options_.profile), *contracts);
    if (!profile) {
      profile.error().failure = Failure::usage;
      return fail(std::move(profile.error()));
    }
    mock_options.profile = std::move(*profile);
    if (auto known = check_api_name(mock_options.only_api, *contracts); !known) return fail(std::move(known.error()));
  }

  auto staging = read_staging(sources.scenarios, *contracts);
  if (options_.may_be_empty) std::erase_if(staging.problems, [](const Problem& problem) { return problem.code == "no-scenarios"; });
  if (!staging.problems.empty()) return tl::unexpected(std::move(staging.problems));
  std::map<std::string, std::string> texts;
  for (const auto& [tenant, file] : staging.files) texts[tenant] = file.document.text;

  const bool has_state = !options_.state.place.empty();
  std::shared_ptr<Mock> mock = current();
  if (change.contracts && has_state) {
    auto opened = open_stored(*contracts, with_bundled ? add_bundled_contracts(contract_files) : contract_files, mock_options);
    if (!opened) return fail(std::move(opened.error()));
    mock = *std::move(opened);
  } else if (change.contracts) {
    mock = std::make_shared<Mock>(*contracts, mock_options);
  }
  Mock::Restaging restaging{.keeps_staged = has_state};  // another server may have staged them
  for (auto& [tenant, document] : staging.given) {
    const auto before = texts_.find(tenant);
    const bool is_new = before == texts_.end();
    if (!change.contracts && !is_new && before->second == texts.at(tenant)) continue;
    if (has_state && is_new && mock->is_staged(tenant, document)) continue;  // it keeps what was stored
    ++(is_new ? change.added : change.staged);
    restaging.given.emplace_back(tenant, std::move(document));
  }
  for (const auto& [tenant, text] : texts_) {
    if (texts.contains(tenant)) continue;
    ++change.removed;
    restaging.removed.push_back(tenant);
  }
  if (const auto staged = mock->restage(restaging); !staged) {
    const auto& file = staging.files.at(staged.error().tenant);
    const Problem& problem = staged.error().problem;
    return fail(file.document.problem("/given" + problem.pointer, problem.code, problem.message));
  }
  contract_files_ = std::move(contract_files);
  contracts_ = std::move(contracts);
  if (change.contracts) apis_ = std::move(apis);
  texts_ = std::move(texts);
  const std::lock_guard lock(mutex_);
  mock_ = mock;
  return change;
}

Result<std::shared_ptr<Mock>> LiveMock::open_stored(const Contracts& contracts, const FileSet& files, MockOptions options) {
  if (contracts_ != nullptr) {
    return tl::unexpected(make_problem(Failure::bad_file, "state-of-other-contracts",
                                       "the contracts have changed, and the state belongs to the previous ones; start again with --restage",
                                       {.file = options_.state.place}));
  }
  auto opened = open_state(options_.state, files);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  warnings_ = std::move(opened->warnings);
  auto stored = opened->queue->load(contracts);
  if (!stored) return tl::unexpected(std::move(stored.error()));
  options.storage = std::move(opened->queue);
  auto mock = std::make_shared<Mock>(contracts, std::move(options));
  if (auto adopted = mock->adopt(*std::move(stored)); !adopted) return tl::unexpected(std::move(adopted.error()));
  return mock;
}

std::vector<std::string> LiveMock::scenarios_by_header(const Contract& contract) const {
  std::vector<std::string> names;
  for (const auto& tenant : current()->tenants()) {
    if (tenant->api == contract.api && texts_.contains(tenant->name)) names.push_back(tenant->name);
  }
  return contract.credentials.kind == Credentials::Kind::none && names.size() > 1 ? names : std::vector<std::string>();
}

std::vector<LiveMock::User> LiveMock::staged_users() const {
  std::vector<User> users;
  const auto& only = options_.mock.only_api;
  for (const auto& tenant : current()->tenants()) {
    if (tenant->staged == nullptr || !tenant->staged->contains("scenario") || (!only.empty() && tenant->api != only)) continue;
    users.push_back({.title = tenant->staged->at("scenario").value("title", tenant->name),
                     .name = tenant->username,
                     .password = tenant->password,
                     .key = tenant->key});
  }
  return users;
}

std::shared_ptr<Mock> LiveMock::current() const {
  const std::shared_lock lock(mutex_);
  return mock_;
}

Delivery LiveMock::handle(Request request, const Caller& caller) const { return current()->handle(std::move(request), caller); }

std::string render_change(const LiveMock::Change& change) {
  std::string text = change.contracts ? "contracts changed, every tenant was reset" : "";
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
