#include "contracts/src/openapi/openapi.h"

#include <algorithm>
#include <filesystem>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/openapi/normalise.h"

namespace understudy {
namespace {

constexpr YamlLimits kLimits{.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000};

// Whether a JSON text has this member at its top level.
bool has_member(std::string_view text, std::string_view name) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[') ++depth;
    if (text[i] == '}' || text[i] == ']') --depth;
    if (text[i] != '"') continue;
    const std::size_t start = i + 1;
    for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
    if (depth == 1 && i < text.size() && text.substr(start, i - start) == name && understudy::trim(text.substr(i + 1, 50)).starts_with(':'))
      return true;
  }
  return false;
}

// Whether a line of YAML begins with this key at the margin.
bool has_line(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    const bool quoted = !line.empty() && (line.front() == '"' || line.front() == '\'');
    std::string_view rest = line.substr(quoted ? 1 : 0);
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size() + (quoted && rest.size() > name.size() ? 1 : 0));
    if (understudy::trim(rest).starts_with(':')) return true;
  }
  return false;
}

std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c))
      out += ascii_lower(c);
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

// petstore of petstore.v3.yaml's stem; the title where the file's name says nothing.
std::string name_of(const std::string& path, const Json& root) {
  const std::string stem = slug(std::filesystem::path(path).stem().string());
  constexpr std::string_view kPlain[] = {"openapi", "swagger", "api", "spec", "index", "root", "main", "api-docs", "openapi-spec"};
  if (!stem.empty() && !contains(kPlain, stem)) return stem;
  const Json* title = find_pointer(root, "/info/title");
  const std::string named = title != nullptr && title->is_string() ? slug(title->get<std::string>()) : std::string();
  return named.empty() ? "api" : named;
}

}  // namespace

bool is_api(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  if (understudy::trim(text.substr(0, 4000)).starts_with('{')) return has_member(text, "openapi") || has_member(text, "swagger");
  return (has_line(text, "openapi") || has_line(text, "swagger")) && !has_line(text, "understudy");
}

Result<YamlDocument> parse_api_text(const std::string& text, const std::string& path) {
  if (understudy::trim(std::string_view(text).substr(0, 4000)).starts_with('{')) {
    if (auto root = parse_json(text)) {
      YamlDocument document;
      document.root = std::move(*root);
      document.file = path;
      document.text = text;
      return document;
    }
  }
  return parse_yaml(text, path, kLimits);
}

tl::expected<ApiFile, std::vector<Problem>> read_api(const std::string& path, const std::string& text, const TextReader& read) {
  auto document = parse_api_text(text, path);
  if (!document) return tl::unexpected(std::vector<Problem>{std::move(document.error())});
  const SourceFile root{.path = path, .document = std::move(*document)};
  Normaliser normaliser(root, read);
  Json shape = normaliser.run();
  if (!normaliser.problems.empty()) return tl::unexpected(std::move(normaliser.problems));
  ApiFile api{.name = name_of(path, root.document.root), .shape = root.document, .ignored = std::move(normaliser.ignored)};
  shape["x-source"] = std::filesystem::path(path).filename().string();
  shape["x-evidence"] = "assumed";
  api.shape.root = std::move(shape);
  return api;
}

}  // namespace understudy
