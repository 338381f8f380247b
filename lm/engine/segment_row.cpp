#include "lm/engine/segment_row.h"

#include <algorithm>

#include "lm/store/compensated_sum.h"

namespace rmt::engine {

store::SegmentRow segment_row(const SegmentPlace& place, const corpora::Units& scored, int64_t first_scored,
                              std::span<const double> nll, std::optional<std::span<const double>> nll_reset) {
  const auto tokens = static_cast<int64_t>(nll.size());
  const int64_t head = std::clamp<int64_t>(store::kHeadTokens - first_scored, 0, tokens);
  const auto head_sum = [&](std::span<const double> terms) {
    return store::compensated_sum(terms.first(static_cast<size_t>(head)));
  };
  store::SegmentRow row{.index = place.index,
                        .token_from = place.token_from,
                        .token_to = place.token_to,
                        .byte_from = place.byte_from,
                        .byte_to = place.byte_to,
                        .scored_tokens = tokens,
                        .scored_bytes = scored.bytes,
                        .nll = store::compensated_sum(nll),
                        .nll_head = head_sum(nll),
                        .scored_head = head};
  if (nll_reset) {
    row.nll_reset = store::compensated_sum(*nll_reset);
    row.nll_head_reset = head_sum(*nll_reset);
  }
  return row;
}

}  // namespace rmt::engine
