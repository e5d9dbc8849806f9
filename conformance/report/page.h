// The style and the script of the HTML report, which are the same for every run. cmake/EmbedPage.cmake generates their definitions from
// conformance/report/html at build time.
#pragma once

#include <string_view>

namespace understudy {

struct PagePart {
  std::string_view text;
  std::string_view sha256;  // hexadecimal
};

PagePart page_style();
PagePart page_script();

}  // namespace understudy
