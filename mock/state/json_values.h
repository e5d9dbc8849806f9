// What changes and states consist of, as JSON: read_value(write_value(v)) is v, exactly. Times are milliseconds since 1970.
#pragma once

#include "mock/state/state.h"

namespace understudy {

Json write_value(std::string_view text);
Json write_value(bool value);
Json write_value(std::int64_t number);
Json write_value(std::uint64_t number);
Json write_value(Time time);
Json write_value(const PackedRecord& record);
Json write_value(const Random& random);
Json write_value(const Clock& clock);
Json write_value(const Limiter::Count& count);
Json write_value(const std::shared_ptr<const RateLimit>& limit);
Json write_value(const std::shared_ptr<const Redeliveries::Entries>& entries);
Json write_value(const std::shared_ptr<const FaultDefinition>& fault);
Json write_value(const std::shared_ptr<const std::vector<ArmedFault>>& faults);
Json write_value(const std::shared_ptr<const Profile>& profile);
Json write_value(const std::shared_ptr<const TenantState>& state);
Json write_value(const std::shared_ptr<const Snapshot>& snapshot);

// False: the JSON is no such value. A text refers to the JSON.
bool read_value(const Json& from, std::string_view& text, const Contracts& contracts);
bool read_value(const Json& from, bool& value, const Contracts& contracts);
bool read_value(const Json& from, std::int64_t& number, const Contracts& contracts);
bool read_value(const Json& from, std::uint64_t& number, const Contracts& contracts);
bool read_value(const Json& from, Time& time, const Contracts& contracts);
bool read_value(const Json& from, PackedRecord& record, const Contracts& contracts);
bool read_value(const Json& from, Random& random, const Contracts& contracts);
bool read_value(const Json& from, Clock& clock, const Contracts& contracts);
bool read_value(const Json& from, Limiter::Count& count, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const RateLimit>& limit, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const Redeliveries::Entries>& entries, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const FaultDefinition>& fault, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const std::vector<ArmedFault>>& faults, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const Profile>& profile, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const TenantState>& state, const Contracts& contracts);
bool read_value(const Json& from, std::shared_ptr<const Snapshot>& snapshot, const Contracts& contracts);

}  // namespace understudy
