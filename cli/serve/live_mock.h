// The mock that `serve` serves, made of contracts and scenario files. load() replaces it while requests are being answered.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "cli/serve/state.h"
#include "contracts/src/load/load.h"
#include "mock/mock.h"

namespace understudy {

struct LiveOptions {
  std::vector<std::string> paths;  // scenario files and folders, and OpenAPI files (cli/apis.h)
  std::string contracts;           // folder; empty: the bundled contracts alone
  std::string profile = "documented";
  bool may_be_empty = false;  // a folder without scenarios is accepted, because files may be added later
  StateOptions state;
  MockOptions mock;  // its profile comes from `profile`, its storage from `state`
};

class LiveMock {
 public:
  explicit LiveMock(LiveOptions options) : options_(std::move(options)) {}
  void set_admin_token(std::string token) { options_.mock.admin_token = std::move(token); }  // before load()

  // Before load(): called for each request that no operation matches (MockOptions::unmatched).
  void on_unmatched(decltype(MockOptions::unmatched) callback) { options_.mock.unmatched = std::move(callback); }

  struct Change {
    bool contracts = false;                          // the contracts changed, so every tenant was reset
    std::size_t staged = 0, added = 0, removed = 0;  // tenants; `staged` counts those whose scenario changed
    bool any() const { return contracts || staged + added + removed > 0; }
  };
  // Reads contracts and scenarios again; the first call makes the mock. The whole change takes effect at once, or, with problems,
  // none of it. A tenant whose scenario did not change keeps its records. Call it from one thread.
  tl::expected<Change, std::vector<Problem>> load();

  // Any thread, after load() has succeeded. A request stays on its mock while load() replaces it.
  Delivery handle(Request request, const Caller& caller) const;
  bool takes_large_body(const Request& head, const Caller& caller) const { return current()->takes_large_body(head, caller); }

  // What the place of the state does not promise, as sentences.
  const std::vector<std::string>& warnings() const { return warnings_; }
  std::shared_ptr<const Contracts> contracts() const { return contracts_; }
  std::size_t scenarios() const { return texts_.size(); }
  struct User {
    std::string title, name, password, key;
  };
  // The users of the staged scenarios that an API serves, by name. Any thread.
  std::vector<User> staged_users() const;
  const std::vector<ApiContract>& apis() const { return apis_; }  // of OpenAPI files
  // The scenarios of an API without credentials, if there are several: only the header Understudy-Tenant tells them apart.
  std::vector<std::string> scenarios_by_header(const Contract& contract) const;

 private:
  std::shared_ptr<Mock> current() const;
  // The first mock with a state: opens the storage and takes over what it has.
  Result<std::shared_ptr<Mock>> open_stored(const Contracts& contracts, const FileSet& files, MockOptions options);

  LiveOptions options_;
  FileSet contract_files_;
  std::vector<ApiContract> apis_;
  std::shared_ptr<const Contracts> contracts_;
  std::vector<std::string> warnings_;
  std::map<std::string, std::string> texts_;  // of scenario files, by tenant
  mutable std::shared_mutex mutex_;
  std::shared_ptr<Mock> mock_;  // guarded by mutex_; each request holds the one that it runs on
};

std::string render_change(const LiveMock::Change& change);  // "2 scenarios changed, 1 added"

}  // namespace understudy
