// Whole lines scored from the scores of their tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lm/eval/line_parts.h"
#include "lm/eval/segment_nll.h"

namespace rmt::lm {

/// Of the tokens of a line. With the true text before each of them, the line is what greedy decoding would have
/// written if and only if each was the likeliest token.
struct LineScore {
  bool exact = true;
  double nll = 0;  ///< nats, summed

  bool operator==(const LineScore&) const = default;
};

struct ScoredLine {
  int64_t tokens = 0;
  LineScore main;
  std::optional<LineScore> reset;  ///< with the memory reset

  bool operator==(const ScoredLine&) const = default;
};

/// Goes with one document, segment after segment.
class LineScorer {
 public:
  /// -> the lines that end in the segment. The scores know which tokens were likeliest; `reset` may be null.
  std::vector<ScoredLine> score(std::span<const LinePart> parts, const SegmentNll& main, const SegmentNll* reset);

 private:
  std::optional<ScoredLine> open_;  // so far, of the line that the last segment ended in
};

}  // namespace rmt::lm
