// Owns access to the parts of the HTML report that are the same for every run. Their definitions are made at build time from
// conformance/report/html (cmake/EmbedPage.cmake); what a run puts between them is report_html.cpp's business.
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
