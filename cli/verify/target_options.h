// The options that describe a target and how to reach it. They override the target file.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "conformance/target/target.h"

namespace understudy {

// As typed; empty: not given.
struct TargetOptions {
  std::vector<std::string> targets, headers;
  std::string admin, admin_token, provider_states;
  std::string username, password, api_key;
  std::string deadline, connect_deadline, max_wait;
  std::string ca_file, certificate_file, key_file, proxy;
  std::size_t answer_limit = kAnswerLimit;
  bool insecure = false;
};

Options target_options(TargetOptions& options);
// Parts of target_options().
Options account_options(TargetOptions& options);
Options connection_options(TargetOptions& options);

// Reads the target file, if one is named, and applies the options. Fails with failure usage, or with the place in the file.
Result<Target> read_target(const TargetOptions& options, const Contracts& contracts);

}  // namespace understudy
