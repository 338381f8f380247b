// The error bar of a share of successes, such as the accuracy on a number of samples.
#pragma once

#include <cstdint>

#include "lm/eval/bootstrap.h"

namespace rmt::lm {

/// Wilson's score interval (E. B. Wilson, 1927): keeps its level for few trials and near 0 and 1, where the
/// textbook's p ± z·sqrt(p(1-p)/n) has no width. `z` is the normal quantile: 1.96 for 95 %. Without trials
/// it is [0, 1]. Throws std::invalid_argument unless 0 <= successes <= trials and z is not negative.
Interval wilson_interval(int64_t successes, int64_t trials, double z = 1.959963984540054);

}  // namespace rmt::lm
