// Build tool: writes the C++ file that holds the bundled data files, contracts read and packed already.
// usage: understudy_pack ROOT OUTPUT FILE... (files relative to ROOT, sorted)
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "contracts/src/yaml/packed.h"

namespace understudy {
namespace {

// A string literal in parts that no compiler limit meets, as octal escapes: they need no separator.
std::string render_literal(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size() || at == 0; at += 4000) {
    out += "\n    \"";
    for (const char c : bytes.substr(at, 4000)) out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    out += "\"";
  }
  return out;
}

int pack(const std::string& root, const std::string& output, const std::vector<std::string>& files) {
  std::string text = "#include \"contracts/src/load/bundle.h\"\n\nnamespace understudy {\nnamespace {\n";
  std::string rows;
  std::size_t count = 0;
  const auto add = [&](const std::string& path, std::string_view bytes) {
    text += fmt::format("const char file_{}[] ={};\n", count, render_literal(bytes));
    rows += fmt::format("    {{\"{}\", {{file_{}, {}}}}},\n", path, count, bytes.size());
    ++count;
  };
  for (const std::string& file : files) {
    const auto bytes = load_text(root + "/" + file);
    if (!bytes) {
      std::cerr << render_problem(bytes.error()) << "\n";
      return 3;
    }
    add(file, *bytes);
    const bool is_contract = file.starts_with("contracts/") && file.ends_with(".yaml") && file.find("/examples/") == std::string::npos;
    if (!is_contract) continue;
    const auto document = parse_yaml(*bytes, file);
    if (!document) {
      std::cerr << render_problem(document.error()) << "\n";
      return 3;
    }
    add(file + std::string(kPackedSuffix), pack_document(*document));
  }
  if (count == 0) add("", "");
  text += "const BundledFile files[] = {\n" + rows +
          "};\n}  // namespace\n\nstd::span<const BundledFile> bundled_files() { return files; }\n\n}  // namespace understudy\n";
  std::ofstream out(output, std::ios::binary);
  out << text;
  return out.flush() ? 0 : 3;
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  return understudy::pack(argv[1], argv[2], {argv + 3, argv + argc});
}
