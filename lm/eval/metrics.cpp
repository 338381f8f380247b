#include "lm/eval/metrics.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace rmt::lm {

namespace {

double per(double nll, int64_t count) {
  return count > 0 ? nll / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Figures figures(double nll, const Units& scored) {
  return {.nll_per_token = per(nll, scored.tokens),
          .ppl = std::exp(per(nll, scored.tokens)),
          .bits_per_byte = per(nll, scored.bytes) / std::numbers::ln2,
          .word_ppl = std::exp(per(nll, scored.words)),
          .bits_per_char = per(nll, scored.chars) / std::numbers::ln2};
}

}  // namespace rmt::lm
