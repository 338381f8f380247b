// How much of its attention a head gives to the memory, to the text, to given words of it.
#pragma once

#include <cstdint>
#include <span>

#include "lm/attention/capture.h"

namespace rmt::lm {

/// Shares of 1, averaged over the rows that attend.
struct HeadShares {
  double write_on_read = 0, write_on_text = 0, write_on_write = 0;  ///< of the write rows; they add up to 1
  double text_on_read = 0;                                          ///< of the text's rows
};

/// `layer` and `head` are places in the maps.
HeadShares head_shares(const SegmentAttention& maps, int64_t layer, int64_t head);

/// Tokens [from, to) by their place in the segment.
struct TokenRange {
  int64_t from = 0, to = 0;
};

/// The share of the write rows' attention that falls on the tokens of `facts`: 1 would mean that nothing
/// else is looked at while the memory is written. A token in several ranges counts once, one outside of
/// the segment not at all.
double write_share(const SegmentAttention& maps, int64_t layer, int64_t head, std::span<const TokenRange> facts);

}  // namespace rmt::lm
