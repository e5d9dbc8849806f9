// A document that is complete after every part: its end is written behind each part and overwritten by the next one.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace understudy {

class GrowingDocument {
 public:
  // The stream must outlive the document. On a pipe, which cannot be overwritten, close() writes the end.
  explicit GrowingDocument(std::ostream& out);

  // Writes `part`, which stays, and `end`, which closes the document for now. Flushes.
  void add(std::string_view part, std::string_view end);
  // Overwrites the document at `offset`; false on a pipe.
  bool patch(std::size_t offset, std::string_view text);
  bool can_patch() const { return start_ >= 0; }
  void close();

 private:
  std::ostream& out_;
  long long start_ = -1;      // position of the document in the stream; -1: a pipe
  std::size_t kept_ = 0;      // bytes that stay
  std::size_t furthest_ = 0;  // bytes ever written
  std::string end_;
};

}  // namespace understudy
