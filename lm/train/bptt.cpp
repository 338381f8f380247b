#include "lm/train/bptt.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <numeric>
#include <utility>

#include "lm/train/backward_roots.h"

namespace rmt::lm {

namespace {

// Whether a gradient may come back over the border after segment `s`.
bool border_is_open(const Bptt& bptt, int64_t segments, int64_t s) {
  return bptt.truncation < 0 || s >= segments - bptt.truncation;
}

void disturb(model::MemoryState& state, const Bptt& bptt, const at::Generator& noise) {
  if (bptt.memory_noise <= 0) return;
  const at::Tensor drawn = at::randn(state.memory.sizes(), noise).to(state.memory.device());
  const at::Tensor size = state.memory.detach().pow(2).mean().sqrt();
  state.memory = state.memory + drawn * (size * bptt.memory_noise);
}

void count(BatchLoss& loss, const SegmentStep& step, int64_t s) {
  loss.by_segment[static_cast<size_t>(s)] = step.loss;
  loss.correct += step.correct;
}

BatchLoss with_all_graphs(const Objective& objective, const Bptt& bptt, const at::Generator& noise) {
  const c10::AutoGradMode on(true);
  const int64_t segments = objective.segments();
  BatchLoss loss{std::vector<double>(static_cast<size_t>(segments)), 0};
  BackwardRoots roots;
  model::MemoryState state = objective.start();
  for (int64_t s = 0; s < segments; ++s) {
    SegmentStep step = objective.step(s, state);
    count(loss, step, s);
    roots.add(step.output, step.gradient);
    state = std::move(step.next);
    if (!border_is_open(bptt, segments, s)) state.memory = state.memory.detach();
    if (s + 1 < segments) disturb(state, bptt, noise);
  }
  roots.go_back();
  return loss;
}

// The states before every segment.
std::vector<model::MemoryState> read_through(const Objective& objective, const Bptt& bptt, const at::Generator& noise) {
  std::vector<model::MemoryState> states{objective.start()};
  const c10::AutoGradMode off(false);
  for (int64_t s = 0; s + 1 < objective.segments(); ++s) {
    states.push_back(objective.read(s, states.back()));
    disturb(states.back(), bptt, noise);
  }
  return states;
}

// All of them at once, so that a device is waited for once.
std::vector<double> values(const std::vector<at::Tensor>& losses) {
  const at::Tensor all = at::stack(losses).to(at::kCPU, at::kDouble);
  const double* first = all.const_data_ptr<double>();
  return {first, first + losses.size()};
}

BatchLoss with_recomputation(const Objective& objective, const Bptt& bptt, const at::Generator& noise) {
  const int64_t segments = objective.segments();
  const std::vector<model::MemoryState> states = read_through(objective, bptt, noise);
  std::vector<at::Tensor> losses(static_cast<size_t>(segments));
  BatchLoss loss;
  const c10::AutoGradMode on(true);
  at::Tensor from_after;  // [B, M, D]: gradient of everything later with respect to the memory handed on
  for (int64_t s = segments - 1; s >= 0; --s) {
    const bool wanted = s == 0 || border_is_open(bptt, segments, s - 1);
    SegmentLesson lesson = objective.learn(s, states[static_cast<size_t>(s)], from_after, wanted);
    losses[static_cast<size_t>(s)] = std::move(lesson.loss);
    loss.correct += lesson.correct;
    from_after = std::move(lesson.by_memory);
  }
  BackwardRoots initial;
  initial.add(states.front().memory, from_after);
  initial.go_back();
  loss.by_segment = values(losses);
  return loss;
}

}  // namespace

double BatchLoss::sum() const {
  return std::accumulate(by_segment.begin(), by_segment.end(), 0.0);
}

BatchLoss back_propagate(const Objective& objective, const Bptt& bptt, at::Generator noise) {
  return bptt.recompute ? with_recomputation(objective, bptt, noise) : with_all_graphs(objective, bptt, noise);
}

}  // namespace rmt::lm
