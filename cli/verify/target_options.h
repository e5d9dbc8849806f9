// Owns the options that say what a target is and how to get there, on top of a target file. Commands that send to one share them.
#pragma once

#include <string>
#include <vector>

#include "conformance/target/target.h"

namespace CLI {
class App;
}

namespace understudy {

// As typed; empty: not given.
struct TargetOptions {
  std::vector<std::string> targets, headers;
  std::string admin, admin_token, provider_states;
  std::string username, password, api_key;
  std::string deadline, connect_deadline, max_wait;
  std::string ca_file, certificate_file, key_file, proxy;
  bool insecure = false;
};

void add_target_options(CLI::App& app, TargetOptions& options);

// The target file, if one is named, with the options over it. Fails with failure usage, or with the place in the file.
Result<Target> read_target(const TargetOptions& options, const Contracts& contracts);

}  // namespace understudy
