// What is to be learnt from a batch of N segments, one segment at a time: the face that back-propagation through
// segments (bptt.h) sees of a language model or a classifier.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/rmt/memory_state.h"

namespace rmt::lm {

/// One segment read with a graph.
struct SegmentStep {
  at::Tensor output;    ///< what the segment's own loss was computed from
  at::Tensor gradient;  ///< of that loss with respect to `output`; undefined: the segment has no loss
  double loss = 0;      ///< summed over the segment's targets, in nats
  int64_t correct = 0;  ///< predictions that hit their target, where the objective counts them
  model::MemoryState next;
};

/// One segment read and gone back through.
struct SegmentLesson {
  at::Tensor loss;       ///< [] fp64, wherever it was computed: nobody has waited for it
  int64_t correct = 0;   ///< see SegmentStep
  at::Tensor by_memory;  ///< gradient with respect to the memory the segment began with; undefined: not asked for
};

class Objective {
 public:
  virtual ~Objective() = default;

  virtual int64_t segments() const = 0;

  /// The state before the first segment, with a graph to the initial memory.
  virtual model::MemoryState start() const = 0;

  /// The state after segment `s`. Called without gradients.
  virtual model::MemoryState read(int64_t s, const model::MemoryState& state) const = 0;

  /// Segment `s` with a graph from `state` and the parameters to the output and the next state. Gradients that do
  /// not go through the graph (the head's) are added to the parameters here.
  virtual SegmentStep step(int64_t s, const model::MemoryState& state) const = 0;

  /// Segment `s` forth and back, from `state` without a graph: adds to the parameters' .grad the gradients of its loss,
  /// and of all that comes later, given as the gradient with respect to the memory it hands on (`by_next`, undefined
  /// where nothing does).
  virtual SegmentLesson learn(int64_t s, const model::MemoryState& state, const at::Tensor& by_next,
                              bool by_memory_wanted) const;
};

}  // namespace rmt::lm
