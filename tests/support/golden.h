// Owns comparing text that people read with a file of tests/data/golden; UPDATE_GOLDEN=1 in the environment rewrites the file.
#pragma once

#include <string>

namespace understudy::test {

// "" if they are equal (or were made so), else what differs.
std::string differs_from_golden(const std::string& text, const std::string& name);

}  // namespace understudy::test
