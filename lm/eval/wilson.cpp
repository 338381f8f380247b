#include "lm/eval/wilson.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rmt::lm {

Interval wilson_interval(int64_t successes, int64_t trials, double z) {
  if (successes < 0 || successes > trials || !(z >= 0))
    throw std::invalid_argument("Wilson's interval needs 0 <= successes <= trials and a quantile z >= 0");
  if (trials == 0) return {0, 1};
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double scale = 1 / (1 + z * z / n);
  const double center = scale * (p + z * z / (2 * n));
  const double half = scale * z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // Rounding may step over an end that is exact: no success at all, or nothing else.
  return {successes == 0 ? 0 : std::max(0.0, center - half), successes == trials ? 1 : std::min(1.0, center + half)};
}

}  // namespace rmt::lm
