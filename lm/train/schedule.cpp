#include "lm/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rmt::lm {

double learning_rate(const Schedule& schedule, int64_t step) {
  if (step < schedule.warmup)
    return schedule.peak * static_cast<double>(step + 1) / static_cast<double>(schedule.warmup + 1);
  const int64_t falling = std::max<int64_t>(schedule.steps - schedule.warmup, 1);
  const double done = std::min(1.0, static_cast<double>(step - schedule.warmup) / static_cast<double>(falling));
  double share = 1.0;
  if (schedule.decay == Decay::linear) share = 1.0 - done;
  if (schedule.decay == Decay::cosine) share = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
  return schedule.peak * (schedule.floor + (1.0 - schedule.floor) * share);
}

}  // namespace rmt::lm
