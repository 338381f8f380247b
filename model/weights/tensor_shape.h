// Shapes read from a file: sizes nobody has vouched for yet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rmt::model {

/// Row-major, outermost first, as PyTorch writes it. Every entry is >= 0.
using Shape = std::vector<int64_t>;

/// More dimensions than any tensor of a language model has.
inline constexpr size_t kMaxRank = 16;

/// The number of values; nothing when the sizes, zeros left out, multiply to 2^59 or more, so that
/// neither strides nor a count of bytes can overflow.
std::optional<uint64_t> element_count(std::span<const int64_t> shape);

/// "[2, 3]"
std::string describe(std::span<const int64_t> shape);

/// Throws Error(mismatch) with both shapes unless they are equal. `place` names file and tensor.
void require_shape(const std::string& place, std::span<const int64_t> found, std::span<const int64_t> expected);

}  // namespace rmt::model
