// Build tool: writes the bundled data files into one binary file, contracts also in parsed form, and the C++ file that embeds it.
// usage: understudy_pack ROOT OUTPUT FILE... writes OUTPUT and OUTPUT.bin (files relative to ROOT, sorted)
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "contracts/src/base/hash.h"
#include "contracts/src/load/load.h"
#include "contracts/src/yaml/packed.h"

namespace understudy {
namespace {

// The hash changes the C++ file whenever the bytes change, so that compiler caches notice it.
constexpr std::string_view kSource = R"(// hash of the bytes: {hash:016x}
#include "contracts/src/load/bundle.h"

asm(".section .rodata\n"
    "understudy_bundle: .incbin \"{path}\"\n"
    ".previous\n");
extern "C" {{
__attribute__((visibility("hidden"))) extern const char understudy_bundle[];
}}

namespace understudy {{

std::span<const BundledFile> bundled_files() {{
  static const BundledFile files[] = {{
{rows}  }};
  return files;
}}

}}  // namespace understudy
)";

Result<void> pack(const std::string& root, const std::string& output, const std::vector<std::string>& files) {
  std::string bytes, rows;
  FileSet texts;
  const auto add = [&](const std::string& path, std::string_view text) {
    rows += fmt::format("      {{\"{}\", {{understudy_bundle + {}, {}}}}},\n", path, bytes.size(), text.size());
    bytes += text;
  };
  for (const std::string& file : files) {
    const auto text = load_text(root + "/" + file);
    if (!text) return tl::unexpected(text.error());
    add(file, *text);
    texts.emplace(file, *text);
    const bool is_contract = file.starts_with("contracts/") && file.ends_with(".yaml") && file.find("/examples/") == std::string::npos;
    if (!is_contract) continue;
    const auto document = parse_yaml(*text, file);
    if (!document) return tl::unexpected(document.error());
    add(file + std::string(kPackedSuffix), pack_document(*document));
  }
  // The loader does not check packed files again.
  if (const auto contracts = parse_contracts(texts); !contracts) return tl::unexpected(contracts.error());
  const std::string binary = output + ".bin";
  const bool written =
      (std::ofstream(binary, std::ios::binary) << bytes).flush() &&
      (std::ofstream(output) << fmt::format(kSource, fmt::arg("hash", fnv1a(bytes)), fmt::arg("path", binary), fmt::arg("rows", rows)))
          .flush();
  if (!written) return tl::unexpected(make_problem(Failure::usage, "cannot-write", "cannot write the bundle", {.file = output}));
  return {};
}

}  // namespace
}  // namespace understudy

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const auto packed = understudy::pack(argv[1], argv[2], {argv + 3, argv + argc});
  if (!packed) std::cerr << understudy::render_problem(packed.error()) << "\n";
  return packed ? 0 : 3;
}
