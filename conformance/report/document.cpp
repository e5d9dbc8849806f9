#include "conformance/report/document.h"

#include <algorithm>
#include <ostream>

namespace understudy {

GrowingDocument::GrowingDocument(std::ostream& out) : out_(out), start_(static_cast<long long>(out.tellp())) {
  if (start_ < 0) out_.clear();
}

void GrowingDocument::add(std::string_view part, std::string_view end) {
  if (!can_patch()) {
    out_ << part;
    out_.flush();
    end_ = end;
    return;
  }
  std::string text(part);
  text += end;
  const auto size = kept_ + text.size();
  // The previous end may have been longer: line feeds overwrite its rest.
  if (size < furthest_) text.append(furthest_ - size, '\n');
  out_.seekp(static_cast<std::streamoff>(start_) + static_cast<std::streamoff>(kept_));
  out_ << text;
  out_.flush();
  kept_ += part.size();
  furthest_ = std::max(furthest_, size);
}

bool GrowingDocument::patch(std::size_t offset, std::string_view text) {
  if (!can_patch()) return false;
  out_.seekp(static_cast<std::streamoff>(start_) + static_cast<std::streamoff>(offset));
  out_ << text;
  out_.flush();
  out_.seekp(static_cast<std::streamoff>(start_) + static_cast<std::streamoff>(furthest_));
  return true;
}

void GrowingDocument::close() {
  if (!can_patch()) out_ << end_;
  out_.flush();
}

}  // namespace understudy
