// Owns the mock that `serve` serves, made of contracts and scenario files, and its exchange for another while requests are
// under way. Noticing that files have changed is cli/serve/watch.h's business.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "contracts/src/load/load.h"
#include "mock/mock.h"

namespace understudy {

struct LiveOptions {
  std::vector<std::string> paths;  // scenario files and folders
  std::string contracts;           // folder; empty: the bundled contracts alone
  std::string profile = "documented";
  bool may_be_empty = false;  // a folder without scenarios is no mistake: they will come
  MockOptions mock;           // its profile comes from `profile`
};

class LiveMock {
 public:
  explicit LiveMock(LiveOptions options) : options_(std::move(options)) {}
  void set_admin_token(std::string token) { options_.mock.admin_token = std::move(token); }  // before load()

  struct Change {
    bool contracts = false;                          // another engine: every tenant has begun anew
    std::size_t staged = 0, added = 0, removed = 0;  // tenants; `staged` are those that were there and changed
    bool any() const { return contracts || staged + added + removed > 0; }
  };
  // Reads contracts and scenarios again; the first time it makes the mock. All of it takes effect at once, or, with problems,
  // nothing does. What has not changed keeps its tenant and its records. One thread.
  tl::expected<Change, std::vector<Problem>> load();

  // Any thread, once load() has succeeded: on the mock of this moment, whatever load() does meanwhile.
  Delivery handle(const Request& request, const Caller& caller) const;

  std::shared_ptr<const Contracts> contracts() const { return contracts_; }
  std::size_t scenarios() const { return texts_.size(); }

 private:
  using Texts = std::map<std::string, std::string>;  // of scenario files, by tenant
  struct Read;                                       // what lies on the disk
  std::vector<Problem> read_scenarios(const Contracts& contracts, Read& read) const;
  std::shared_ptr<Mock> now() const;

  LiveOptions options_;
  FileSet contract_files_;
  std::shared_ptr<const Contracts> contracts_;
  Texts texts_;
  mutable std::mutex mutex_;    // guards which mock it is
  std::shared_ptr<Mock> mock_;  // replaced by load(), held by each exchange on it
};

std::string render_change(const LiveMock::Change& change);  // "2 scenarios changed, 1 added"

}  // namespace understudy
