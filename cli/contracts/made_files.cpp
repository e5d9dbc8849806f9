#include "cli/contracts/made_files.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "cli/inputs.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {
namespace {

constexpr std::string_view kDigest = "# Digest of what follows: ";
constexpr std::size_t kMostDifferences = 20;  // shown of a file

// The text with a comment that says where it comes from, and a digest by which the next import sees whether it was edited.
std::string sign(const std::string& comment, const std::string& text) {
  return comment + "# Importing again leaves this file alone once it is edited, and reports what it would change.\n" +
         std::string(kDigest) + sha256(text) + "\n" + text;
}

bool is_edited(const std::string& text) {
  const auto line = text.find(kDigest);
  const auto end = line == std::string::npos ? line : text.find('\n', line);
  if (end == std::string::npos) return true;
  return sha256(std::string_view(text).substr(end + 1)) != text.substr(line + kDigest.size(), end - line - kDigest.size());
}

// What the new text would change in an edited file.
void report_differences(const std::string& path, const std::string& edited, const std::string& fresh) {
  const auto before = parse_yaml(edited, path, {.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000});
  const auto after = parse_yaml(fresh, path, {.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000});
  if (!before) return std::cerr << render_problem(before.error()) << "\n", void();
  if (!after || before->root == after->root) return;
  const Json changes = Json::diff(before->root, after->root);
  std::cout << path << ": edited, left alone; the file now says something else in " << changes.size()
            << (changes.size() == 1 ? " place\n" : " places\n");
  for (std::size_t i = 0; i < std::min(changes.size(), kMostDifferences); ++i) {
    const std::string at = changes[i].value("path", ""), what = changes[i].value("op", "");
    const Json* old = find_pointer(before->root, at);
    std::cout << "  " << at << ": " << (old == nullptr ? "absent" : describe(*old)) << " -> "
              << (what == "remove" ? "absent" : describe(changes[i].value("value", Json()))) << "\n";
  }
  if (changes.size() > kMostDifferences) std::cout << "  ...\n";
}

}  // namespace

Result<void> MadeFiles::write(const std::filesystem::path& path, const std::string& comment, const std::string& yaml) {
  const std::string fresh = sign(comment, yaml);
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    const auto old = load_text(path.string());
    if (old && *old == fresh) return ++unchanged_, Result<void>();
    if (old && is_edited(*old)) {
      ++edited_;
      report_differences(path.string(), *old, fresh);
      return {};
    }
  }
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << fresh << std::flush;
  if (!out) return tl::unexpected(usage_problem("import-unwritable", "'" + path.string() + "' cannot be written"));
  ++written_;
  return {};
}

std::string MadeFiles::describe_counts() const {
  return fmt::format("{} written, {} unchanged, {} edited and left alone", written_, unchanged_, edited_);
}

}  // namespace understudy
