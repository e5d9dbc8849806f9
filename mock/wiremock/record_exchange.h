// What is kept of an exchange: its entry in the journal of the tenant, its counts, its event and its line of the access log.
#pragma once

#include "mock/engine/engine.h"

namespace understudy {

// What made the commit of an exchange: its operations, else the request without its query, which may contain a secret.
std::string maker_of(const JournalEntry& entry, const Request& request);
// Of a batch: with the first refusal, or else the last answer.
std::shared_ptr<const AccessLogEntry> make_log_entry(const JournalEntry& entry, const std::string& tenant);
// Adds the exchange to the journal, counts it, and tells it to those who listen. With a shared storage, this happens when it is certain
// that the attempt was the last one: `delivery` keeps it until then.
void record(const Engine& engine, const std::shared_ptr<Tenant>& tenant, JournalEntry entry, Delivery& delivery);

}  // namespace understudy
