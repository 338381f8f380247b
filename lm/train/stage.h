// The curriculum: stages of growing numbers of segments, weights and optimizer carried over from one to the next.
#pragma once

#include <cstdint>
#include <vector>

#include "lm/train/schedule.h"

namespace rmt::lm {

struct Stage {
  int64_t segments = 1;     ///< N: of a row, or at most
  int64_t tokens = 0;       ///< of a segment, for memory tasks; 0: as many as it holds
  bool mixed = false;       ///< each batch draws its number of segments from 1 .. N
  int64_t batch = 8;        ///< rows of N segments in a batch, over all processes
  int64_t accumulate = 1;   ///< parts a batch is worked through in, to save memory
  int64_t truncation = -1;  ///< see Bptt
  Schedule schedule{};
};

/// Where a run stands: step `step` of stage `stage` comes next, `total` were done.
struct Position {
  int64_t stage = 0, step = 0, total = 0;
};

/// One batch, as the curriculum wants it.
struct BatchPlan {
  Position at;
  int64_t segments = 1;  ///< drawn where the stage is mixed
  uint64_t seed = 0;     ///< of whatever else is random in this batch
};

/// Depends on nothing but its arguments.
BatchPlan plan_batch(const std::vector<Stage>& stages, const Position& at, uint64_t seed);

/// The position after `at`.
Position next_position(const std::vector<Stage>& stages, Position at);

int64_t total_steps(const std::vector<Stage>& stages);

}  // namespace rmt::lm
