// A driver for compilers without libFuzzer: runs the target over every seed and over so many mutations of them, the same ones
// each time. usage: TARGET MUTATIONS SEED_FILE_OR_FOLDER...
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "contracts/src/base/env.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kLongestInput = 4096;

void load(const std::filesystem::path& path, std::vector<std::string>& seeds) {
  std::ifstream stream(path, std::ios::binary);
  seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

void run(const std::string& input) { LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()); }

// Flips, inserts, erases, repeats and splices: few kinds, but each reaches into syntax.
std::string mutate(const std::vector<std::string>& seeds, understudy::Random& random) {
  const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random.next() % limit); };
  std::string input = seeds[below(seeds.size())].substr(0, kLongestInput);
  for (std::size_t edits = 1 + below(8); edits > 0; --edits) {
    const std::size_t at = below(input.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(input.size() - at, 16) + 1);
    constexpr std::string_view kSyntax = "{}[]:,-#&*!|>'\"%@`\\/~?\n\t .0e+$";
    switch (below(5)) {
      case 0: input.insert(at, 1, static_cast<char>(below(256))); break;
      case 1: input.insert(at, 1, kSyntax[below(kSyntax.size())]); break;
      case 2: input.erase(at, length); break;
      case 3: input.insert(at, input.substr(at, length)); break;
      default: {
        const std::string& other = seeds[below(seeds.size())];
        input.insert(at, other.substr(below(other.size()), below(64)));
      }
    }
  }
  return input;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> seeds = {""};
  for (int i = 2; i < count; ++i) {
    if (!std::filesystem::is_directory(arguments[i])) {
      load(arguments[i], seeds);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i]))
      if (entry.is_regular_file()) load(entry.path(), seeds);
  }
  for (const std::string& seed : seeds) run(seed);
  understudy::Random random(1);
  const long mutations = count > 1 ? std::strtol(arguments[1], nullptr, 10) : 0;
  for (long i = 0; i < mutations; ++i) run(mutate(seeds, random));
  std::printf("%zu seeds, %ld mutations\n", seeds.size(), mutations);
  return 0;
}
