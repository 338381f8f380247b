// The row that is kept of a scored segment: one definition for documents scored from files and for those that come over
// a network.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "corpora/units.h"
#include "lm/store/store.h"

namespace rmt::engine {

/// What a segment is of its text.
struct SegmentPlace {
  int64_t index = 0;
  int64_t token_from = 0, token_to = 0;
  int64_t byte_from = 0, byte_to = 0;
};

/// `nll` (nats) are those of the segment's tokens from `first_scored` on; so are `nll_reset`, with the memory reset,
/// and `scored`, what these tokens stand for. A BOS counts as the first token of its segment. Document and time are the
/// caller's.
store::SegmentRow segment_row(const SegmentPlace& place, const corpora::Units& scored, int64_t first_scored,
                              std::span<const double> nll, std::optional<std::span<const double>> nll_reset);

}  // namespace rmt::engine
