// The journal in WireMock's format: an exchange as a serve event, its request as a logged request, their ids. Members that WireMock
// does not have are under the key `understudy`.
#pragma once

#include "contracts/src/har/har.h"
#include "mock/state/journal.h"

namespace understudy {

// A journal entry and the tenant that it belongs to.
struct Logged {
  JournalItem entry;
  std::string tenant;
};

// The id of an exchange outside its journal: a UUID (version 8) made of the tenant's name and the entry's number.
std::string exchange_id(std::string_view tenant, std::uint64_t entry);
std::optional<std::uint64_t> entry_of_id(std::string_view id, std::string_view tenant);  // nullopt: of another tenant, or no id

// The server that the Host header names; localhost without one.
struct Origin {
  std::string scheme, host;
  int port = 0;
};
Origin origin_of(const JournalEntry& entry);
std::string absolute_url(const JournalEntry& entry);

Json render_logged_request(const JournalEntry& entry);
Json render_serve_event(const Logged& logged, const Contracts& contracts);
// Reads the JSON of a logged request, which need not come from this journal. The error is a sentence.
tl::expected<JournalEntry, std::string> parse_logged_request(const Json& given);

// HAR 1.2 (HTTP Archive), for the network views of browsers and other tools; oldest first. Masks nothing. An exchange without a
// response has status 0, as browsers write it.
Json render_har(std::span<const Logged> logged, const Contracts& contracts);
// A copy with every credential masked. The contracts name the headers and members that carry credentials; all other bytes stay.
Logged mask_secrets(const Logged& logged, const Contracts& contracts);

}  // namespace understudy
