// Pairs the elements of two lists, each with a different one of the other list: a maximum matching in a bipartite graph.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace understudy {

inline constexpr std::size_t kUnpaired = static_cast<std::size_t>(-1);

// Whether two elements may be a pair; nullopt ends the search.
using PairFits = std::function<std::optional<bool>(std::size_t left, std::size_t right)>;

// For each left element the index of its partner, or kUnpaired; as many pairs as possible. Nullopt if `fits` ended the search.
std::optional<std::vector<std::size_t>> pair_elements(std::size_t left, std::size_t right, const PairFits& fits);

}  // namespace understudy
