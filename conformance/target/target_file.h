// Owns the file about a target (docs/targets.md): where it is, who we are there, what it has and can, and how to get there.
// Secrets are not in it but in the environment; the command line's options on top of it are cli/'s business.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/target/target.h"

namespace understudy {

// The value of a variable of the environment, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Whether an argument of --target names a file: it is neither a URL nor api=URL.
bool is_target_file(std::string_view argument);

// The first mistake in the order of reading, with its place. Files that it names are looked for beside it.
Result<Target> parse_target_file(std::string_view text, const std::string& file, const Contracts& contracts,
                                 const Environment& environment);
Result<Target> load_target_file(const std::string& path, const Contracts& contracts, const Environment& environment);

// A proxy's URL as a person writes it: http or https, a host, perhaps `user:password@` in front. Fails with failure usage.
Result<void> check_proxy(std::string_view url);

}  // namespace understudy
