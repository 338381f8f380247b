#include "lm/eval/line_scorer.h"

#include <algorithm>
#include <utility>

namespace rmt::lm {

namespace {

// Ids [from, to) of the segment.
void add(LineScore& line, const SegmentNll& scores, size_t from, size_t to) {
  const auto first = static_cast<size_t>(scores.first_scored);
  for (size_t i = from; i < to; ++i) {
    line.nll += scores.token_nll[i - first];
    line.exact = line.exact && scores.top1[i - first];
  }
}

}  // namespace

std::vector<ScoredLine> LineScorer::score(std::span<const LinePart> parts, const SegmentNll& main,
                                          const SegmentNll* reset) {
  std::vector<ScoredLine> lines;
  std::optional<ScoredLine> before = std::exchange(open_, std::nullopt);
  for (const LinePart& part : parts) {
    ScoredLine line;
    if (part.goes_on && before) line = *before;
    const size_t from = std::min(part.to, std::max(part.from, static_cast<size_t>(main.first_scored)));
    line.tokens += static_cast<int64_t>(part.to - from);
    add(line.main, main, from, part.to);
    if (reset != nullptr && !line.reset) line.reset.emplace();
    if (reset != nullptr) add(*line.reset, *reset, from, part.to);
    if (part.ends)
      lines.push_back(line);
    else
      open_ = line;
  }
  return lines;
}

}  // namespace rmt::lm
