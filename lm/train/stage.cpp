#include "lm/train/stage.h"

#include <numeric>
#include <random>

namespace rmt::lm {

BatchPlan plan_batch(const std::vector<Stage>& stages, const Position& at, uint64_t seed) {
  const Stage& stage = stages[static_cast<size_t>(at.stage)];
  std::seed_seq sequence{seed, seed >> 32, static_cast<uint64_t>(at.total)};
  std::mt19937_64 random(sequence);
  BatchPlan plan{at, stage.segments, 0};
  if (stage.mixed) plan.segments = 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(stage.segments));
  plan.seed = random();
  return plan;
}

Position next_position(const std::vector<Stage>& stages, Position at) {
  ++at.total;
  if (++at.step < stages[static_cast<size_t>(at.stage)].schedule.steps) return at;
  return {at.stage + 1, 0, at.total};
}

int64_t total_steps(const std::vector<Stage>& stages) {
  return std::accumulate(stages.begin(), stages.end(), int64_t{0},
                         [](int64_t sum, const Stage& stage) { return sum + stage.schedule.steps; });
}

}  // namespace rmt::lm
