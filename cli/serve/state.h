// The option --state of `serve`: where the tenants are kept besides memory.
#pragma once

#include "contracts/src/load/load.h"
#include "mock/storage/state_queue.h"

namespace understudy {

struct StateOptions {
  std::string place;            // a file, or redis://...; empty: memory alone
  std::string name;             // the prefix of all keys in Redis; empty: kStateName
  std::string sync = "normal";  // normal or full
  bool keeps_journal = false;   // --state-journal
  bool starts_anew = false;     // --restage
};

inline constexpr const char* kStateName = "understudy";
inline constexpr const char* kStatePassword = "UNDERSTUDY_STATE_PASSWORD";  // environment variable with the password of Redis

// A usage problem if the options do not fit together, before anything is opened.
Result<void> check_state_options(const StateOptions& options);
struct OpenedState {
  std::shared_ptr<StateQueue> queue;
  std::vector<std::string> warnings;  // sentences
};
// `contracts`: all files that the contracts are made of.
Result<OpenedState> open_state(const StateOptions& options, const FileSet& contracts);

}  // namespace understudy
