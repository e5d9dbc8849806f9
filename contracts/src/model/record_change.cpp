#include "contracts/src/model/record_change.h"

#include "contracts/src/base/number.h"

namespace understudy {

std::optional<Milliseconds> delay_of(const Json& value) {
  if (value.is_string()) return parse_duration(value.get_ref<const std::string&>());
  const auto seconds = is_number(value) ? to_int64(value) : std::nullopt;
  constexpr std::int64_t kMost = 1'000'000'000;
  if (!seconds || *seconds < 0 || *seconds > kMost) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

}  // namespace understudy
