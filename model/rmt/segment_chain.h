// The part of reading that the next segment waits for, in one piece of fixed shape: the new memory needs all layers but
// the last for every row, and of the last one its attention and the write rows. What the text rows have yet to go
// through (model::AttendedRows) is kept, for whoever scores them later.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "model/device/repeated_step.h"
#include "model/rmt/decoder.h"

namespace rmt::model {

/// Whole segments of B documents, one of each in a step. Everything it works on stays in place: on a GPU a step is one
/// CUDA graph. Tokens and text rows lie in slots, which the steps go through round and round.
class SegmentChain {
 public:
  struct Shape {
    int64_t batch = 1, slots = 1;
    bool keeps_text = true;  ///< false: only the memory is wanted
  };

  /// The decoder must outlive the chain. Without gradients.
  SegmentChain(const RmtDecoder& decoder, const Shape& shape);
  SegmentChain(const SegmentChain&) = delete;  // its step works on its tensors

  const Shape& shape() const { return shape_; }

  /// [slots, B, T] int64: what the steps read; the caller's to fill.
  const at::Tensor& ids() const { return ids_; }
  /// [B, M, D] fp32: the caller's to set before the first step; every step moves it on.
  const at::Tensor& memory() const { return memory_; }
  /// [slots, B, T, …]: what the steps leave. Undefined if no text is kept.
  const AttendedRows& text() const { return text_; }

  /// The next step is that of slot 0.
  void rewind();
  /// Reads the next slot, in the current queue.
  void step();

 private:
  void work() const;
  at::Tensor row_positions() const;

  const RmtDecoder& decoder_;
  Shape shape_;
  at::Tensor ids_, memory_, positions_;
  at::Tensor initial_;  // [M, D]: the memory that documents begin with, beside the backbone
  at::Tensor slot_;     // [1] int64 on the device: which is next
  AttendedRows text_;
  std::unique_ptr<RepeatedStep> step_;
};

}  // namespace rmt::model
