// Exchanges that were seen on the wire, as entries of an HTTP Archive (HAR 1.2). See also: read_recording.h reads files of them.
#pragma once

#include "contracts/src/base/env.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"

namespace understudy {

struct Exchange {
  std::size_t number = 0;  // in its file, from 1
  Time at{};
  double milliseconds = 0;
  std::string origin;                             // https://shop.example:8443
  Request request;                                // with its Host header, where that is known
  Response response;                              // the body without content codings. Status 0: no response came
  std::size_t request_cut = 0, response_cut = 0;  // bytes of the bodies that are missing here
  std::string failure;                            // why no response came
};

std::vector<std::pair<std::string, std::string>> cookies_of(const Headers& headers);  // of a request
Json render_header_list(const Headers& headers);                                      // [{"name", "value"}], as received

// One element of log.entries. A body that is not UTF-8 is in base64.
Json render_har_entry(const Exchange& exchange);
// {"log": {..., "entries": []}}
Json render_har_log(std::string_view version);

}  // namespace understudy
