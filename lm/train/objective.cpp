#include "lm/train/objective.h"

#include <ATen/ops/scalar_tensor.h>

#include "lm/train/backward_roots.h"

namespace rmt::lm {

SegmentLesson Objective::learn(int64_t s, const model::MemoryState& state, const at::Tensor& by_next,
                               bool by_memory_wanted) const {
  model::MemoryState leaf = state;
  leaf.memory = state.memory.detach().requires_grad_(by_memory_wanted);
  const SegmentStep step = this->step(s, leaf);
  BackwardRoots roots;
  roots.add(step.output, step.gradient);
  roots.add(step.next.memory, by_next);
  roots.go_back();
  return {at::scalar_tensor(step.loss, at::kDouble), step.correct, leaf.memory.grad()};
}

}  // namespace rmt::lm
