// Reads the file that describes a target (docs/targets.md): URLs, accounts, what exists there and how to connect. Secrets are read from the
// environment; a secret in the file is an error.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/target/target.h"

namespace understudy {

// The value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Whether an argument of --target names a file, not a URL or api=URL.
bool is_target_file(std::string_view argument);

// Fails with the first mistake and its place. Relative file names start at the folder of the file.
Result<Target> parse_target_file(std::string_view text, const std::string& file, const Contracts& contracts,
                                 const Environment& environment);
Result<Target> load_target_file(const std::string& path, const Contracts& contracts, const Environment& environment);

// Accepts the URL of a proxy: http or https, a host, optionally with `user:password@` in front. Fails with failure usage.
Result<void> check_proxy(std::string_view url);

}  // namespace understudy
