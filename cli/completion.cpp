// `understudy completion`: scripts with which bash, zsh and fish complete commands, options and values.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>

#include "cli/describe.h"
#include "contracts/src/base/escape.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// One command with the options that it takes, those of the commands above it included.
struct Entry {
  const Command* command;
  std::vector<std::string> path;  // contracts, list
  Options options;
};

void collect(const Command& command, const std::vector<std::string>& path, const Options& inherited, std::vector<Entry>& entries) {
  entries.push_back({&command, path, inherited + command.options});
  for (const auto& sub : command.subcommands) {
    auto below = path;
    below.push_back(sub.name);
    collect(sub, below, path.empty() ? Options{} : entries.back().options, entries);
  }
}

std::vector<Entry> entries_of(const Command& program) {
  std::vector<Entry> entries;
  collect(program, {}, {}, entries);
  return entries;
}

// The first sentence, for lists in which each option has a line.
std::string first_sentence(std::string_view text) { return std::string(text.substr(0, text.find(". "))); }

std::string quote(std::string_view text) { return "'" + escape_characters(text, {{'\'', R"('\'')"}}) + "'"; }

std::vector<std::string> subcommand_names(const Command& command) {
  std::vector<std::string> names;
  for (const auto& sub : command.subcommands) names.push_back(sub.name);
  return names;
}

// --- bash ---------------------------------------------------------------------------------------------------------------
std::string bash_key(const Entry& entry) { return fmt::format("{}/", fmt::join(entry.path, "/")); }

std::string bash_values(const Entry& entry) {
  std::string text;
  for (const auto& option : entry.options) {
    if (is_flag(option) || is_positional(option)) continue;
    for (const auto& name : option_names(option))
      text += fmt::format("    '{} {}') ", bash_key(entry), name) +
              (!option.rule.values.empty() ? fmt::format("words='{}'", fmt::join(option.rule.values, " "))
               : takes_path(option)        ? "files=1"
                                           : "words=") +
              "; found=1 ;;\n";
  }
  return text;
}

std::string bash_words(const Entry& entry) {
  auto words = subcommand_names(*entry.command);
  std::vector<std::string> options = {"--help"};
  bool has_files = false;
  for (const auto& option : entry.options) {
    if (is_positional(option)) {
      has_files = has_files || takes_path(option);
      words.insert(words.end(), option.rule.values.begin(), option.rule.values.end());
    } else {
      const auto names = option_names(option);
      options.insert(options.end(), names.begin(), names.end());
    }
  }
  if (entry.path.empty()) options.emplace_back("--version");
  return fmt::format("      '{}') options='{}' words='{}' files={} ;;\n", bash_key(entry), fmt::join(options, " "), fmt::join(words, " "),
                     has_files ? "1" : "");
}

std::string render_bash(const std::vector<Entry>& entries) {
  std::string paths, values, words;
  for (const auto& entry : entries) {
    if (!entry.path.empty()) paths += (paths.empty() ? "" : "|") + ("'" + bash_key(entry) + "'");
    values += bash_values(entry);
    words += bash_words(entry);
  }
  return fmt::format(R"x(# bash completion of understudy, printed by `understudy completion bash`
_understudy() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path=/ next word options= words= files= found=
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    next=${{path#/}}$word/
    case "$next" in {}) path=$next ;; esac
  done
  case "$path $previous" in
{}  esac
  if [ -z "$found" ]; then
    case "$path" in
{}    esac
    case "$current" in -*) words=$options; files= ;; esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [ -n "$files" ]; then
    compopt -o filenames
    mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$current")
  fi
}}
complete -F _understudy understudy
)x",
                     paths, values, words);
}

// --- zsh ----------------------------------------------------------------------------------------------------------------
std::string zsh_escape(std::string_view text) {
  return escape_characters(text, {{'\\', "\\\\"}, {'[', "\\["}, {']', "\\]"}, {':', "\\:"}});
}

std::string zsh_action(const Option& option) {
  if (!option.rule.values.empty()) return fmt::format("({})", fmt::join(option.rule.values, " "));
  return takes_path(option) ? "_files" : " ";
}

std::string zsh_option(const Option& option) {
  const auto help = zsh_escape(first_sentence(option.help));
  const bool may_repeat = std::holds_alternative<std::vector<std::string>*>(option.value);
  if (is_positional(option)) return quote(fmt::format("{}:{}:{}", may_repeat ? "*" : "", option_names(option).front(), zsh_action(option)));
  std::string text;
  for (const auto& name : option_names(option)) {
    const auto value = is_flag(option) ? std::string() : fmt::format(":{}:{}", zsh_escape(option_value(option)), zsh_action(option));
    if (!text.empty()) text += " ";
    text += quote(fmt::format("{}{}[{}]{}", may_repeat ? "*" : "", name, help, value));
  }
  return text;
}

std::string zsh_function(const Entry& entry) {
  const auto name = entry.path.empty() ? std::string("_understudy") : fmt::format("_understudy_{}", fmt::join(entry.path, "_"));
  std::string arguments = "'(- *)'{-h,--help}'[Print the help]'";
  if (entry.path.empty()) arguments += " '(- *)--version[Print the version]'";
  for (const auto& option : entry.options) arguments += " \\\n    " + zsh_option(option);
  const auto& subcommands = entry.command->subcommands;
  if (subcommands.empty()) return fmt::format("{}() {{\n  _arguments -s {}\n}}\n", name, arguments);
  std::string list, calls;
  for (const auto& sub : subcommands) {
    list += " " + quote(zsh_escape(sub.name) + ":" + zsh_escape(first_sentence(sub.about)));
    calls += fmt::format("        {}) {}_{} ;;\n", sub.name, name, sub.name);
  }
  return fmt::format(
      "{0}() {{\n  local curcontext=\"$curcontext\" state line\n  typeset -A opt_args\n  _arguments -C {1} \\\n    '1:command:->command' "
      "'*::argument:->rest'\n  case $state in\n    command)\n      local -a commands=({2})\n      _describe command commands\n      ;;\n"
      "    rest)\n      case $words[1] in\n{3}      esac\n      ;;\n  esac\n}}\n",
      name, arguments, list, calls);
}

std::string render_zsh(const std::vector<Entry>& entries) {
  std::string text = "#compdef understudy\n# zsh completion of understudy, printed by `understudy completion zsh`\n";
  for (const auto& entry : entries) text += zsh_function(entry);
  return text + "if [ \"$funcstack[1]\" = _understudy ]; then _understudy \"$@\"; else compdef _understudy understudy; fi\n";
}

// --- fish ---------------------------------------------------------------------------------------------------------------
// True on the command line of exactly this command.
std::string fish_condition(const Entry& entry) {
  const auto below = subcommand_names(*entry.command);
  if (entry.path.empty()) return "__fish_use_subcommand";
  std::string condition;
  for (const auto& word : entry.path) condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  if (!below.empty()) condition += fmt::format("; and not __fish_seen_subcommand_from {}", fmt::join(below, " "));
  return condition;
}

std::string fish_option(const Option& option, const std::string& start) {
  std::string text = start;
  if (is_positional(option)) {
    if (!option.rule.values.empty()) return text + fmt::format(" -a {}\n", quote(fmt::format("{}", fmt::join(option.rule.values, " "))));
    return takes_path(option) ? text + " -F\n" : std::string();
  }
  for (const auto& name : option_names(option)) text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!is_flag(option)) text += takes_path(option) ? " -r -F" : " -x";
  if (!option.rule.values.empty()) text += fmt::format(" -a {}", quote(fmt::format("{}", fmt::join(option.rule.values, " "))));
  return text + " -d " + quote(first_sentence(option.help)) + "\n";
}

std::string render_fish(const std::vector<Entry>& entries) {
  std::string text =
      "# fish completion of understudy, printed by `understudy completion fish`\ncomplete -c understudy -f\n"
      "complete -c understudy -s h -l help -d 'Print the help'\ncomplete -c understudy -n __fish_use_subcommand -l version -d 'Print the "
      "version'\n";
  for (const auto& entry : entries) {
    const auto start = "complete -c understudy -n " + quote(fish_condition(entry));
    for (const auto& sub : entry.command->subcommands) text += start + " -a " + sub.name + " -d " + quote(first_sentence(sub.about)) + "\n";
    for (const auto& option : entry.options) text += fish_option(option, start);
  }
  return text;
}

}  // namespace

std::string render_completion(const Command& program, std::string_view shell) {
  const auto entries = entries_of(program);
  if (shell == "bash") return render_bash(entries);
  if (shell == "zsh") return render_zsh(entries);
  if (shell == "fish") return render_fish(entries);
  return {};
}

Command make_completion_command(const Command& program) {
  auto shell = std::make_shared<std::string>();
  auto rule = one_of({"bash", "zsh", "fish"});
  rule.apply = [check = rule.apply](CLI::App& app, CLI::Option& option) {
    check(app, option);
    required().apply(app, option);
  };
  return {.name = "completion",
          .about = "Print the script that completes commands and options in a shell.",
          .options = {{"shell", shell.get(), "The shell: bash, zsh or fish.", rule}},
          .examples =
              "Examples:\n"
              "  source <(understudy completion bash)\n"
              "  understudy completion zsh > ~/.zfunc/_understudy\n"
              "  understudy completion fish > ~/.config/fish/completions/understudy.fish\n",
          .run = [shell, &program] {
            std::cout << render_completion(program, *shell);
            return static_cast<int>(kPassed);
          }};
}

}  // namespace understudy
