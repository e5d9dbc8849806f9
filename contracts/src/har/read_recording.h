// Reads exchanges from a file: a HAR of this program, of a browser or of a proxy, or an export of the mock's journal (JSON, or NDJSON with
// one entry a line). The file is read as a stream: only one exchange of a HAR is in memory.
#pragma once

#include <functional>
#include <istream>

#include "contracts/src/base/problem.h"
#include "contracts/src/har/har.h"

namespace understudy {

// An entry of any of these files. The text is a reason why it is none: "found no http URL".
tl::expected<Exchange, std::string> parse_exchange(const Json& entry);

struct RecordingCounts {
  std::size_t exchanges = 0;
  std::size_t unreadable = 0;  // entries that are no HTTP exchanges
  std::string example;         // why the first of those is none
};

// Calls `visit` for each exchange; a journal's list, which is newest first, is turned round. Fails with failure bad_file: not-json (with
// the byte), no-recording (JSON of another kind). `visit` may have been called before.
Result<RecordingCounts> read_recording(std::istream& in, const std::string& file, const std::function<void(Exchange&&)>& visit);

}  // namespace understudy
