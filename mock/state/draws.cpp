#include "mock/state/draws.h"

#include <fmt/format.h>

#include <iterator>

namespace understudy {

std::int64_t Draws::Ids::next(std::string_view sequence) {
  fmt::memory_buffer key;
  fmt::format_to(std::back_inserter(key), "{}.{}", api_, sequence);
  const std::string_view name(key.data(), key.size());
  const std::int64_t number = live_.state().env.ids.peek(name);
  live_.write(change::SequenceMoved{.sequence = name, .next = understudy::Ids::after(number)});
  return number;
}

std::uint64_t Draws::Randomness::next() {
  Random random = live_.state().env.random;
  const std::uint64_t drawn = random.next();
  live_.write(change::RandomMoved{.random = random});
  return drawn;
}

double Draws::Randomness::unit() {
  Random random = live_.state().env.random;
  const double drawn = random.unit();
  live_.write(change::RandomMoved{.random = random});
  return drawn;
}

std::string Draws::Randomness::text(std::size_t length, std::string_view alphabet) {
  Random random = live_.state().env.random;
  std::string drawn = random.text(length, alphabet);
  live_.write(change::RandomMoved{.random = random});
  return drawn;
}

}  // namespace understudy
