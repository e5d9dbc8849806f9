// `understudy manual`: the manual pages, one for the program and one for each command.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/describe.h"
#include "cli/inputs.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Text for troff: no character of it is a request or an escape.
std::string escape(std::string_view text) {
  std::string out;
  bool starts_line = true;
  for (const char c : text) {
    if (starts_line && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    starts_line = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + escape(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escape(text) + "\\fR"; }

std::string render_option(const Option& option) {
  std::string names;
  for (const auto& name : option_names(option)) names += (names.empty() ? "" : ", ") + (is_positional(option) ? italic(name) : bold(name));
  if (const auto value = option_value(option); !value.empty() && !is_positional(option)) names += " " + italic(value);
  std::string text = ".TP\n" + names + "\n" + escape(option.help) + "\n";
  if (const auto value = option_default(option); !value.empty()) text += "Default: " + escape(value) + ".\n";
  if (!option.rule.variable.empty()) text += "Environment variable: " + bold(option.rule.variable) + ".\n";
  return text;
}

// The options under the headings of their groups; `heading` is the one of options without a group.
std::string render_options(const Options& options, std::string_view heading) {
  std::vector<std::string> groups;
  for (const auto& option : options)
    if (!contains(groups, option.group)) groups.push_back(option.group);
  std::string text;
  for (const auto& group : groups) {
    text += fmt::format(".SS {}\n", group.empty() ? heading : std::string_view(group));
    for (const auto& option : options)
      if (option.group == group) text += render_option(option);
  }
  return text;
}

std::string render_synopsis(const Command& command, std::string_view name) {
  std::string text = bold(name);
  if (!command.options.empty()) text += " [" + italic("OPTIONS") + "]";
  if (!command.subcommands.empty()) text += " " + italic("COMMAND");
  for (const auto& option : command.options)
    if (is_positional(option)) text += " [" + italic(option_names(option).front()) + "]";
  return text + "\n";
}

// The example lines: without their heading.
std::string render_examples(std::string_view examples) {
  constexpr std::string_view kHeading = "Examples:\n";
  if (examples.starts_with(kHeading)) examples.remove_prefix(kHeading.size());
  return examples.empty() ? std::string() : ".SH EXAMPLES\n.nf\n" + escape(trim(examples)) + "\n.fi\n";
}

void add_subcommands(const Command& command, const std::string& name, std::string& text) {
  for (const auto& sub : command.subcommands) {
    const auto full = name + " " + sub.name;
    text += ".SH " + escape(fmt::format("\"{}\"", full)) + "\n" + render_synopsis(sub, full) + ".PP\n" + escape(sub.about) + "\n";
    text += render_options(sub.options, "Options");
    if (!sub.examples.empty()) text += ".PP\n" + render_examples(sub.examples).substr(std::string_view(".SH EXAMPLES\n").size());
  }
}

std::string render_exit_codes(const Command& command) {
  std::string text = ".SH EXIT STATUS\n";
  for (const auto& exit : exit_meanings(command)) text += fmt::format(".TP\n{}\n{}\n", static_cast<int>(exit.code), escape(exit.meaning));
  return text;
}

std::string render_page(const Command& command, const std::string& page, const std::string& version, std::string body) {
  std::string upper = page;
  std::ranges::transform(upper, upper.begin(), ascii_upper);
  auto about = std::string(command.about.substr(0, command.about.find_last_not_of('.') + 1));
  return fmt::format(".TH {} 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n", escape(upper), version, escape(page), escape(about)) +
         std::move(body) + render_examples(command.examples) + render_exit_codes(command);
}

std::string see_also(const std::vector<std::string>& pages) {
  std::string text = ".SH SEE ALSO\n";
  for (std::size_t i = 0; i < pages.size(); ++i) text += ".BR " + escape(pages[i]) + " (1)" + (i + 1 < pages.size() ? ",\n" : "\n");
  return text;
}

std::string page_name(const Command& program, const Command& command) { return program.name + "-" + command.name; }

std::string render_program(const Command& program, const std::string& version) {
  std::string body = ".SH SYNOPSIS\n" + bold(program.name) + " " + italic("COMMAND") + " [" + italic("OPTIONS") + "]\n.SH DESCRIPTION\n" +
                     escape(program.about) + "\nStandard output is data, standard error is messages.\n.SH COMMANDS\n";
  std::vector<std::string> pages;
  for (const auto& command : program.subcommands) {
    pages.push_back(page_name(program, command));
    body += ".TP\n" + bold(command.name) + "\n" + escape(command.about) + "\n";
  }
  body += ".SH OPTIONS\n" + render_options(program.options, "Of every command");
  return render_page(program, program.name, version, std::move(body)) + see_also(pages);
}

const Command* find_command(const Command& program, std::string_view name) {
  const auto found = std::ranges::find(program.subcommands, name, &Command::name);
  return found == program.subcommands.end() ? nullptr : &*found;
}

int write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  return out ? kPassed : report_problem(usage_problem("manual-unwritable", "'" + path + "' cannot be written"));
}

int write_pages(const Command& program, const std::string& version, const std::string& folder) {
  int code = write_file(folder + "/" + program.name + ".1", render_manual(program, version, ""));
  for (const auto& command : program.subcommands)
    code = graver_exit_code(code,
                            write_file(folder + "/" + page_name(program, command) + ".1", render_manual(program, version, command.name)));
  return code;
}

}  // namespace

std::string render_manual(const Command& program, const std::string& version, const std::string& name) {
  if (name.empty()) return render_program(program, version);
  const auto* command = find_command(program, name);
  if (command == nullptr) return {};
  const auto full = program.name + " " + name;
  std::string body = ".SH SYNOPSIS\n" + render_synopsis(*command, full) + ".SH DESCRIPTION\n" + escape(command->about) + "\n";
  if (!command->options.empty()) body += ".SH OPTIONS\n" + render_options(command->options, "General");
  add_subcommands(*command, full, body);
  return render_page(*command, page_name(program, *command), version, std::move(body)) + see_also({program.name});
}

Command make_manual_command(const Command& program, const std::string& version) {
  struct ManualOptions {
    std::string command, folder;
  };
  auto options = std::make_shared<ManualOptions>();
  return {.name = "manual",
          .about = "Print the manual page of the program or of a command.",
          .options = {{"command", &options->command, "A command, such as serve. Default: the program."},
                      {"--into FOLDER", &options->folder, "Write all pages into this folder instead."}},
          .examples = "Examples:\n  understudy manual serve | man -l -\n  understudy manual --into /usr/local/share/man/man1\n",
          .run = [options, &program, version]() -> int {
            if (!options->folder.empty()) return write_pages(program, version, options->folder);
            const auto page = render_manual(program, version, options->command);
            if (page.empty()) {
              std::vector<std::string> names;
              for (const auto& command : program.subcommands) names.push_back(command.name);
              return report_problem(usage_problem(
                  "unknown-command", "found '" + options->command + "', which is no command" + did_you_mean(options->command, names)));
            }
            std::cout << page;
            return kPassed;
          }};
}

}  // namespace understudy
