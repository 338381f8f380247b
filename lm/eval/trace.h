// A run's scores by place, in memory that does not grow: by segment number, merged pairwise when there
// are too many, and by position inside the segment. What plots and error bars are made of.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lm/eval/bootstrap.h"

namespace rmt::lm {

/// What the segments of one bin add up to.
struct TraceBin {
  double nll = 0;        ///< nats
  double nll_reset = 0;  ///< the same tokens with the memory reset; 0 when not measured
  double tokens = 0, bytes = 0;
};

class Trace {
 public:
  explicit Trace(size_t most_bins = 4096);

  /// Adds to the bin of segment `index`. Of several documents the segments of equal number share a bin.
  void add(int64_t index, const TraceBin& score);

  /// Bin i holds segments [i * width, (i + 1) * width).
  const std::vector<TraceBin>& bins() const { return bins_; }
  int64_t width() const { return width_; }
  bool empty() const { return bins_.empty(); }

 private:
  size_t most_bins_;
  int64_t width_ = 1;
  std::vector<TraceBin> bins_;
};

/// Adds a window's score to the segments its tokens [token_from, token_to) lie in, by their share.
void add_spread(Trace& trace, const TraceBin& score, int64_t token_from, int64_t token_to, int64_t segment_length);

/// Mean NLL by position in the segment.
class PositionProfile {
 public:
  explicit PositionProfile(int64_t segment_length);

  /// `nll[i]` is that of the token at `first + i`.
  void add(int64_t first, std::span<const double> nll);

  /// Nats per token at each position; NaN where no token was scored.
  std::vector<double> means() const;

 private:
  std::vector<double> sums_;
  std::vector<int64_t> counts_;
};

}  // namespace rmt::lm
