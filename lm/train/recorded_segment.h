// A segment of a fixed number of rows read, or learned from, on tensors that stay in place: on a GPU each is one CUDA
// graph, so that a training step is a few launches and the optimizer.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "lm/train/kept_gradients.h"
#include "model/device/repeated_step.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

class RecordedSegment {
 public:
  /// Whole segments of `rows` documents. The decoder and the gradients of its parameters must outlive it; parameters
  /// may change their values, but not their place. While it is made nobody may hold a graph that leads to a parameter:
  /// a backward pass is recorded in a queue of its own, and would have to reach into another.
  RecordedSegment(const model::RmtDecoder& decoder, int64_t rows, KeptGradients& gradients);
  RecordedSegment(const RecordedSegment&) = delete;  // its steps work on its tensors

  int64_t rows() const { return memory_.size(0); }

  /// ids [B, T] int64 on any device, memory [B, M, D] -> the memory handed on.
  at::Tensor read(const at::Tensor& ids, const at::Tensor& memory);

  struct Lesson {
    at::Tensor loss;       ///< [] fp64: summed over the targets
    at::Tensor by_memory;  ///< [B, M, D]: gradient with respect to `memory`
  };
  /// targets [B, T] int64, negative where nothing is to be predicted; the head is computed there all the same. Adds the
  /// gradients of `scale` times the loss, and of what comes later (`by_next` [B, M, D] with respect to the memory
  /// handed on; undefined: nothing) to those of the parameters.
  Lesson learn(const at::Tensor& ids, const at::Tensor& targets, double scale, const at::Tensor& memory,
               const at::Tensor& by_next);

 private:
  model::SegmentOutput step(const at::Tensor& memory, model::Wanted wanted) const;
  void read_in_place();
  void learn_in_place();

  const model::RmtDecoder& decoder_;
  KeptGradients& gradients_;
  at::Tensor ids_, targets_;  // [B, T] int64
  at::Tensor memory_, next_;  // [B, M, D]: read, and handed on
  at::Tensor by_next_, by_memory_;
  at::Tensor scale_;  // [1] fp32
  at::Tensor loss_;   // [] fp64
  std::unique_ptr<model::RepeatedStep> read_, learn_;
};

}  // namespace rmt::lm
