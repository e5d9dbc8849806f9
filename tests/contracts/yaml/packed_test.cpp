#include "contracts/src/yaml/packed.h"

#include <algorithm>

#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {

TEST_CASE("a packed contract is the document its YAML is, places included", "[packed]") {
  std::size_t compared = 0;
  for (const auto& [path, packed] : bundled_file_set()) {
    if (!path.ends_with(kPackedSuffix)) continue;
    INFO(path);
    const std::string file = path.substr(0, path.size() - kPackedSuffix.size());
    const std::string& text = bundled_file_set().find(file)->second;
    const auto read = parse_yaml(text, file);
    REQUIRE(read);

    const auto unpacked = unpack_document(packed, file);

    REQUIRE(unpacked);
    CHECK(unpacked->root == read->root);
    CHECK(static_cast<std::size_t>(std::ranges::count(unpacked->packed_marks, '\n')) == read->marks.size());
    CHECK(unpacked->place("/none/such") == read->place("/none/such"));
    for (const auto& [pointer, mark] : read->marks) {
      CHECK(unpacked->place(pointer) == read->place(pointer));
      CHECK(unpacked->key_place(pointer) == read->key_place(pointer));
    }
    ++compared;
  }
  CHECK(compared == 12);
}

TEST_CASE("bytes that are not packed are no document", "[packed]") {
  const auto text = GENERATE(values<std::string>({"", "x", "5", "5\nab", "99999999999999999999\n", "1\n\xff",
                                                  "1\n\xf6"
                                                  "1 2 3\n",
                                                  "1\n\xf6"
                                                  "1 2 3 4 /a"}));
  INFO(text);

  CHECK_FALSE(unpack_document(text, "a.yaml"));
}

}  // namespace understudy
