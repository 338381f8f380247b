// What the processes that train one model add up, so that all of them take the same step.
#pragma once

#include <vector>

#include "lm/processes/processes.h"
#include "lm/train/adamw.h"
#include "lm/train/bptt.h"

namespace rmt::lm {

/// Every process ends up with the sums over all of them. A gradient that no process has stays away.
void add_gradients(Processes& processes, const std::vector<Parameter>& parameters);
void add(Processes& processes, BatchLoss& loss);

}  // namespace rmt::lm
