#include "cli/record/har_file.h"

#include "cli/files.h"

namespace understudy {
namespace {

constexpr std::string_view kTail = "\n]}}\n";

}  // namespace

Result<void> HarFile::open() {
  auto file = open_report(path_);
  if (!file) return tl::unexpected(file.error());
  file_ = std::move(*file);
  // The list of entries is the first member that can be continued: the document is written up to its opening bracket.
  std::string head = R"({"log":{"creator":{"name":"Understudy","version":")" UNDERSTUDY_VERSION R"("},"version":"1.2","entries":[)";
  end_ = static_cast<std::streamoff>(head.size());
  file_ << head.append(kTail) << std::flush;
  return {};
}

Result<void> HarFile::add(const Exchange& exchange) {
  std::string text = render_json(render_har_entry(exchange));
  const std::lock_guard lock(mutex_);
  text.insert(0, count_ == 0 ? "\n" : ",\n");
  const auto size = static_cast<std::streamoff>(text.size());
  file_.seekp(end_);
  file_ << text.append(kTail) << std::flush;
  if (!file_)
    return tl::unexpected(make_problem(Failure::usage, "report-unwritable",
                                       "could not write an exchange to " + path_ + ", expected a disk that is not full"));
  end_ += size;
  ++count_;
  return {};
}

Result<void> HarFile::close() {
  const std::lock_guard lock(mutex_);
  return close_report(file_, path_);
}

}  // namespace understudy
