// Owns a document that is whole at every moment it grows: its end is written behind each part, and written over by the next.
// What stands in it is the reporters' business.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace understudy {

class GrowingDocument {
 public:
  // The stream must outlive it. Where it cannot be written at an earlier place (a pipe), the end is written once, by close().
  explicit GrowingDocument(std::ostream& out);

  // `part` stays, `end` is what closes the document after it. Flushes.
  void add(std::string_view part, std::string_view end);
  // Writes over what stands at `offset` of the document; false on a pipe.
  bool patch(std::size_t offset, std::string_view text);
  bool can_patch() const { return start_ >= 0; }
  void close();

 private:
  std::ostream& out_;
  long long start_ = -1;      // of the document in the stream; -1: a pipe
  std::size_t kept_ = 0;      // bytes that stay
  std::size_t furthest_ = 0;  // bytes ever written
  std::string end_;
};

}  // namespace understudy
