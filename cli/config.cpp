#include "cli/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/describe.h"
#include "cli/inputs.h"
#include "contracts/src/base/text.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

// What only the person at the command line may say.
bool is_refused(std::string_view name) {
  static const std::set<std::string_view> kNames = {"max-writes", "insecure", "password", "api-key", "admin-token", "header"};
  return name.starts_with("allow-") || kNames.contains(name);
}

// "jobs" of -j,--jobs; empty without a long name.
std::string long_name(const Option& option) {
  for (const auto& name : option_names(option)) {
    if (name.starts_with("--")) return name.substr(2);
  }
  return {};
}

const Option* find_option(const Command& command, std::string_view name) {
  const auto found = std::ranges::find(command.options, name, long_name);
  return name.empty() || found == command.options.end() ? nullptr : &*found;
}

// The options of the command and of its subcommands.
void collect_options(const Command& command, std::vector<std::string>& names) {
  for (const auto& option : command.options) {
    if (auto name = long_name(option); !name.empty()) names.push_back(std::move(name));
  }
  for (const auto& sub : command.subcommands) collect_options(sub, names);
}

bool is_given(const Option& option, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) {
    return std::ranges::any_of(option_names(option), [&](const std::string& name) {
      if (name.starts_with("--")) return word == name || word.starts_with(name + "=");
      const bool is_short = word.size() > 1 && word[0] == '-' && word[1] != '-';
      return is_short && (is_flag(option) ? contains(word, name[1]) : word.starts_with(name));
    });
  });
}

class ConfigReader {
 public:
  ConfigReader(const YamlDocument& document, const std::vector<const Command*>& chain, const std::vector<std::string>& given)
      : document_(document), chain_(chain), given_(given), folder_(fs::path(document.file).parent_path()) {}

  // Sections first: what the command's own gives is then given.
  Result<std::vector<std::string>> read() {
    const Command& program = *chain_.front();
    std::vector<std::string> options, commands;
    for (const auto& command : program.subcommands) {
      collect_options(command, options);
      commands.push_back(command.name);
    }
    for (const auto& command : program.subcommands) {
      std::vector<std::string> own;
      collect_options(command, own);
      const auto at = join_pointer("", command.name);
      if (is_section(at, commands)) read_members(at, own, {}, chain_.at(1) == &command);
    }
    read_members("", options, commands, true);
    if (problem_) return tl::unexpected(*problem_);
    return std::move(words_);
  }

 private:
  bool is_section(const std::string& at, const std::vector<std::string>& commands) const {
    const Json* value = find_pointer(document_.root, at);
    return value != nullptr && value->is_object() && contains(commands, split_pointer(at).front());
  }

  void read_members(const std::string& parent, const std::vector<std::string>& options, const std::vector<std::string>& commands,
                    bool applies) {
    const Json& members = *find_pointer(document_.root, parent);
    if (!members.is_object()) return fail(parent, "wrong-type", "found " + describe(members) + ", expected options by their long names");
    std::vector<std::string> added;
    for (const auto& [name, value] : members.items()) {
      const auto at = join_pointer(parent, name);
      if (parent.empty() && is_section(at, commands)) continue;
      if (is_refused(name))
        return fail_key(at, "refused-option", "found '" + name + "', which only the command line or the environment may say, not a file");
      if (contains(commands, name) && !contains(options, name))
        return fail(at, "wrong-type", "found " + describe(value) + ", expected options of " + name + " by their long names");
      if (!contains(options, name)) {
        auto known = options;
        known.insert(known.end(), commands.begin(), commands.end());
        return fail_key(at, "unknown-key", "found '" + name + "', which is no option here" + did_you_mean(name, known));
      }
      for (const Command* command : chain_) {
        const Option* option = applies ? find_option(*command, name) : nullptr;
        if (option != nullptr) add(*option, name, value, at, added);
      }
    }
    given_.insert(given_.end(), added.begin(), added.end());
    words_.insert(words_.end(), added.begin(), added.end());
  }

  void add(const Option& option, const std::string& name, const Json& value, const std::string& at, std::vector<std::string>& added) {
    if (is_given(option, given_) || !read_environment(option.rule.variable).empty()) return;
    if (is_flag(option) && !value.is_boolean()) return fail(at, "wrong-type", "found " + describe(value) + ", expected true or false");
    const bool is_list = value.is_array() && std::holds_alternative<std::vector<std::string>*>(option.value);
    for (const Json& one : is_list ? value : Json::array({value})) {
      if (one.is_null() || one.is_structured()) return fail(at, "wrong-type", "found " + describe(one) + ", expected a value");
      added.push_back("--" + name + "=" + resolve(option, as_text(one)));
    }
  }

  // A path in the file is relative to the file.
  std::string resolve(const Option& option, const std::string& text) const {
    const bool is_path = takes_path(option) && text != "-" && text.find("://") == std::string::npos;
    return is_path ? (folder_ / text).lexically_normal().string() : text;
  }

  void fail(const std::string& pointer, std::string code, std::string message) {
    if (!problem_) problem_ = document_.problem(pointer, std::move(code), std::move(message));
  }
  void fail_key(const std::string& pointer, std::string code, std::string message) {
    if (!problem_) problem_ = document_.key_problem(pointer, std::move(code), std::move(message));
  }

  const YamlDocument& document_;
  const std::vector<const Command*>& chain_;
  std::vector<std::string> given_;
  const fs::path folder_;
  std::vector<std::string> words_;
  std::optional<Problem> problem_;
};

}  // namespace

std::string find_config(const std::string& folder, std::string& warnings) {
  const fs::path home = read_environment("HOME");
  std::vector<fs::path> folders;
  bool has_end = false;
  for (fs::path at = folder; !has_end; at = at.parent_path()) {
    folders.push_back(at);
    std::error_code ignored;
    has_end = at == home || fs::exists(at / ".git", ignored);
    if (at == at.parent_path()) break;
  }
  if (!has_end) folders.resize(1);
  for (const auto& each : folders) {
    const auto path = (each / kConfigFile).string();
    struct stat state {};
    if (::stat(path.c_str(), &state) != 0) continue;
    if (state.st_uid == ::geteuid() && (state.st_mode & S_IWOTH) == 0) return path;
    warnings = "warning: " + path + " is ignored, because " +
               (state.st_uid == ::geteuid() ? "every user may write it" : "another user owns it") + "\n";
    return {};
  }
  return {};
}

Result<std::vector<std::string>> read_config(const std::string& path, const std::vector<const Command*>& chain,
                                             const std::vector<std::string>& given) {
  const auto document = load_yaml(path);
  if (!document) return tl::unexpected(document.error());
  if (document->root.is_null()) return {};
  return ConfigReader(*document, chain, given).read();
}

}  // namespace understudy
