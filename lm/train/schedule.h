// The learning rate over the steps of a stage.
#pragma once

#include <cstdint>

namespace rmt::lm {

enum class Decay { constant, linear, cosine };

struct Schedule {
  Decay decay = Decay::linear;
  double peak = 1e-4;
  int64_t steps = 1;   ///< of the stage
  int64_t warmup = 0;  ///< steps in which the rate rises from 0 in equal parts
  double floor = 0.0;  ///< what it falls towards, reached after the last step, as a share of the peak
};

/// The rate of step `step`, 0 .. steps-1. Never 0 in the first step: step s of a warm-up of w has (s + 1) / (w + 1) of
/// the peak.
double learning_rate(const Schedule& schedule, int64_t step);

}  // namespace rmt::lm
