#include "tests/support/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace understudy::test {

std::string differs_from_golden(const std::string& text, const std::string& name) {
  const auto path = std::filesystem::path(UNDERSTUDY_SOURCE_DIR) / "tests/data/golden" / name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream golden;
  golden << file.rdbuf();
  if (golden.str() == text) return {};
  return "--- tests/data/golden/" + name + " (UPDATE_GOLDEN=1 rewrites it)\n" + golden.str() + "--- found\n" + text;
}

}  // namespace understudy::test
