// Error bars by resampling: percentile intervals for a ratio of sums, such as nats per token.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace rmt::lm {

/// One unit that is drawn as a whole: a document, or a run of segments.
struct Share {
  double part = 0;   ///< summed into the numerator, e.g. nats
  double whole = 0;  ///< summed into the denominator, e.g. tokens
};

struct Interval {
  double low = 0, high = 0;
};

struct BootstrapOptions {
  int64_t resamples = 1000;
  double level = 0.95;
  uint64_t seed = 0;
};

/// Draws as many shares as there are, with replacement, `resamples` times. Nothing for fewer than two
/// shares: they say nothing about their spread.
std::optional<Interval> bootstrap(std::span<const Share> shares, const BootstrapOptions& options = {});

/// For one document: the shares are its segments in order, drawn as overlapping blocks of
/// round(n^(1/3)) neighbours, so that what neighbours have in common counts. Nothing for fewer than
/// eight segments.
std::optional<Interval> block_bootstrap(std::span<const Share> segments, const BootstrapOptions& options = {});

}  // namespace rmt::lm
