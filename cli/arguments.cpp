#include "cli/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <set>

#include "cli/config.h"
#include "cli/describe.h"
#include "cli/inputs.h"
#include "contracts/src/base/problem.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr const char* kHelpCommand = "help";
constexpr std::string_view kNoConfig = "--no-config";

using Leaves = std::vector<std::pair<const CLI::App*, const Command*>>;  // the commands that run something

bool is_set(const std::string& value) { return !value.empty(); }
bool is_set(const auto& value) {
  if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) return value != 0;
  return false;
}

void add_option(CLI::App& app, const Option& option) {
  const auto blank = std::min(option.names.find(' '), option.names.size());
  const auto names = option.names.substr(0, blank);
  CLI::Option* added = std::visit(
      [&](auto* value) {
        if constexpr (std::is_same_v<decltype(value), bool*>) {
          return app.add_flag(names, *value, option.help);
        } else {
          auto* made = app.add_option(names, *value, option.help);
          if (is_set(*value)) made->capture_default_str();
          return made;
        }
      },
      option.value);
  if (std::holds_alternative<std::vector<std::string>*>(option.value) && !is_positional(option))
    added->take_all()->expected(1)->allow_extra_args(false);  // --run A --run B; what follows B is positional
  if (blank < option.names.size()) added->type_name(option.names.substr(blank + 1));
  if (!option.group.empty()) added->group(option.group);
  if (!option.rule.default_text.empty()) added->default_str(option.rule.default_text);
  if (option.rule.apply) option.rule.apply(app, *added);
}

// "Exit codes: 0 everything that ran passed, 2 usage."
std::string render_exit_codes_line(const Command& command) {
  std::string text;
  for (const auto& exit : exit_meanings(command))
    text += fmt::format("{}{} {}", text.empty() ? "Exit codes: " : ", ", static_cast<int>(exit.code), exit.meaning);
  return text + ".\n";
}

void fill(CLI::App& app, const Command& command, Leaves& leaves) {
  app.set_help_flag("-h,--help", "Print this text.");
  for (const auto& option : command.options) add_option(app, option);
  app.footer(command.examples + (command.examples.empty() ? "" : "\n") + render_exit_codes_line(command));
  if (command.subcommands.empty()) leaves.emplace_back(&app, &command);
  if (!command.subcommands.empty()) app.require_subcommand(1);
  for (const auto& sub : command.subcommands) {
    CLI::App* added = app.add_subcommand(sub.name, sub.about);
    added->fallthrough(app.get_parent() != nullptr);  // `contracts list` takes the options of `contracts`, too
    fill(*added, sub, leaves);
  }
}

std::string describe_unknown(std::string_view what, std::string_view word, const std::vector<std::string>& known, bool lists_known) {
  return fmt::format("found {} '{}', expected {}{}", what, word,
                     lists_known ? fmt::format("one of {}", fmt::join(known, ", ")) : fmt::format("an {} that --help lists", what),
                     did_you_mean(word, known));
}

// What the words of a command line mean, as far as CLI11 does not tell.
struct Walk {
  std::vector<const Command*> chain;  // the program, its command, the subcommand
  std::size_t after = 0;              // the words up to the last command
  std::string unknown;                // the first word that is no command or option, and which one was probably meant; empty: there is none
};

Walk walk_words(const Command& program, const std::vector<std::string>& words) {
  Walk walk;
  std::vector<std::string> options = {"--help", "-h", "--version"};
  std::set<std::string> with_value;
  const auto enter = [&](const Command& entered) {
    walk.chain.push_back(&entered);
    for (const auto& option : entered.options) {
      for (auto& name : option_names(option)) {
        if (!is_flag(option)) with_value.insert(name);
        options.push_back(std::move(name));
      }
    }
  };
  enter(program);
  for (std::size_t i = 0; i < words.size() && walk.unknown.empty(); ++i) {
    const auto& word = words[i];
    if (word == "--") break;
    const auto name = word.substr(0, word.find('='));
    if (word.starts_with("--") && std::ranges::find(options, name) == options.end())
      walk.unknown = describe_unknown("option", name, options, false);
    if (name == word && with_value.contains(word)) ++i;  // its value
    const auto& commands = walk.chain.back()->subcommands;
    if (word.starts_with('-') || commands.empty()) continue;
    std::vector<std::string> names;
    for (const auto& sub : commands) names.push_back(sub.name);
    const auto chosen = std::ranges::find(commands, word, &Command::name);
    if (chosen == commands.end()) {
      walk.unknown = describe_unknown("command", word, names, true);
    } else {
      enter(*chosen);
      walk.after = i + 1;
    }
  }
  return walk;
}

// Where the user finds what is allowed: "Run understudy serve --help to list its options."
std::string name_help(const Walk& walk) {
  std::string names;
  for (const Command* command : walk.chain) names += command->name + " ";
  return fmt::format("Run {}--help to list {}.\n", names, walk.chain.back()->subcommands.empty() ? "its options" : "the commands");
}

// Adds the options of understudy.yaml behind the command. Returns its path; empty: there is none, or it gives none.
Result<std::string> add_config(const Command& program, std::vector<std::string>& words) {
  const auto walk = walk_words(program, words);
  const bool takes_options = std::ranges::any_of(walk.chain, [](const Command* command) { return !command->options.empty(); });
  if (walk.chain.size() < 2 || !takes_options || !walk.unknown.empty()) return {};
  std::string warnings;
  std::error_code gone;
  const auto path = find_config(std::filesystem::current_path(gone).string(), warnings);
  std::cerr << warnings;
  if (path.empty()) return {};
  const auto added = read_config(path, walk.chain, words);
  if (!added) return tl::unexpected(added.error());
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(walk.after), added->begin(), added->end());
  return added->empty() ? std::string() : path;
}

}  // namespace

OptionRule required() {
  return {.apply = [](CLI::App&, CLI::Option& option) { option.required(); }};
}
OptionRule not_empty() {
  return {.apply = [](CLI::App&, CLI::Option& option) {
    option.check([](const std::string& text) { return text.empty() ? "found an empty value" : ""; });
  }};
}
OptionRule in_range(double least, double most) {
  const auto check = [=](const std::string& text) {
    double number = 0;
    const bool is_inside = CLI::detail::lexical_cast(text, number) && number >= least && number <= most;
    return is_inside ? std::string() : fmt::format("found {}, expected a number from {} to {}", text, least, most);
  };
  return {.apply = [=](CLI::App&, CLI::Option& option) { option.check(CLI::Validator(check, fmt::format("from {} to {}", least, most))); }};
}
OptionRule one_of(std::vector<std::string> values) {
  const auto check = [values](const std::string& text) {
    const bool is_known = std::ranges::find(values, text) != values.end();
    return is_known ? std::string() : fmt::format("found {}, expected {}{}", text, fmt::join(values, " or "), did_you_mean(text, values));
  };
  return {
      .apply = [=](CLI::App&, CLI::Option& option) { option.check(CLI::Validator(check, fmt::format("{}", fmt::join(values, " or ")))); },
      .values = values};
}
OptionRule from_variable(std::string name) {
  return {.apply = [name](CLI::App&, CLI::Option& option) { option.envname(name); }, .variable = name};
}
OptionRule by_cores(OptionRule rule) {
  rule.default_text = "number of cores";
  return rule;
}
OptionRule excludes(std::string other) {
  return {.apply = [other = std::move(other)](CLI::App& app, CLI::Option& option) { option.excludes(app.get_option(other)); }};
}

Options operator+(Options left, Options right) {
  std::ranges::move(right, std::back_inserter(left));
  return left;
}

Options group_options(const std::string& group, Options options) {
  for (auto& option : options) option.group = group;
  return options;
}

int run_program(const Command& program, const std::string& version, int argc, char** argv) {
  CLI::App app(program.about, program.name);
  Leaves leaves;
  fill(app, program, leaves);
  app.set_version_flag("--version", version, "Print the version.");
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) {
    std::cout << app.help();
    return kUsage;
  }
  std::string config;
  const auto refuse = [&](const std::string& mistake) {
    std::cerr << "error: " << mistake << " [usage]\n";
    if (!config.empty()) std::cerr << "Options of " << config << " count too; --no-config leaves them out.\n";
    std::cerr << name_help(walk_words(program, words));
    return kUsage;
  };
  if (words.front() == kHelpCommand && (words.size() == 1 || !words[1].starts_with('-'))) {
    words.erase(words.begin());  // `help contracts list` is `contracts list --help`
    if (const auto unknown = walk_words(program, words).unknown; !unknown.empty()) return refuse(unknown);
    words.emplace_back("--help");
  } else if (const auto flag = std::ranges::find(words, kNoConfig); flag != words.end()) {
    words.erase(flag);
  } else if (!contains(words, "--help") && !contains(words, "-h")) {
    const auto added = add_config(program, words);
    if (!added) return report_problem(added.error());
    config = *added;
  }
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    const auto unknown = walk_words(program, words).unknown;
    return refuse(unknown.empty() ? error.what() : unknown);
  }
  const auto chosen = std::ranges::find_if(leaves, [](const auto& leaf) { return leaf.first->parsed(); });
  return chosen == leaves.end() ? kUsage : chosen->second->run();
}

Command make_help_command() {
  auto words = std::make_shared<std::vector<std::string>>();
  return {.name = kHelpCommand,
          .about = "Print the help of the program or of a command.",
          .options = {{"command", words.get(), "A command, such as `contracts list`."}},
          .examples = "Examples:\n  understudy help serve\n  understudy help contracts list\n",
          .run = [words] { return static_cast<int>(kUsage); }};
}

}  // namespace understudy
