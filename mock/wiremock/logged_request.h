// Owns the journal in WireMock's words: an exchange as a serve event, its request as a logged request, their ids. What is our
// own stands under the one key `understudy`. Which exchanges are meant is admin_requests.cpp's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mock/state/journal.h"

namespace understudy {

// An entry and whose it is.
struct Logged {
  JournalItem entry;
  std::string tenant;
};

// The id of an exchange outside its journal: a UUID (version 8) of the tenant's name and the entry's number.
std::string exchange_id(std::string_view tenant, std::uint64_t entry);
std::optional<std::uint64_t> entry_of_id(std::string_view id, std::string_view tenant);  // nullopt: not one of this tenant's

std::vector<std::pair<std::string, std::string>> cookies_of(const Headers& headers);
// Where a request went, as its Host header says: localhost without one.
struct Origin {
  std::string scheme, host;
  int port = 0;
};
Origin origin_of(const JournalEntry& entry);
std::string absolute_url(const JournalEntry& entry);

Json render_logged_request(const JournalEntry& entry);
Json render_serve_event(const Logged& logged, const Contracts& contracts);
// The request of a logged request as others send it, for POST /__admin/near-misses/request. The error is a sentence.
tl::expected<JournalEntry, std::string> parse_logged_request(const Json& given);

}  // namespace understudy
