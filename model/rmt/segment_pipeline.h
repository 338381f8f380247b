// Long runs of whole segments read and scored as fast as a device can: the chain of memories goes ahead, step after
// step; the rest of the last layer, the head and the losses follow in batches of many segments, in a queue beside it;
// tokens are sent ahead from pinned memory. The numbers are those of the plain path, RmtDecoder::step and
// ops::token_nll, up to rounding. What it keeps does not depend on how long a run is.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>

#include "model/device/work_queue.h"
#include "model/rmt/segment_chain.h"

namespace rmt::model {

class SegmentPipeline {
 public:
  struct Shape {
    int64_t batch = 1;   ///< documents read together
    int64_t depth = 8;   ///< segments whose rows are scored together
    bool scores = true;  ///< false: only the memory is wanted, and no head is computed
  };

  /// Where B documents stand; both on the CPU.
  struct Standing {
    at::Tensor memory;       ///< [B, M, D] fp32
    at::Tensor last_hidden;  ///< [B, D] fp32: predicts the next token; undefined at the start, or where none was scored
  };

  /// The decoder must outlive the pipeline. Reserves what it needs on the decoder's device.
  SegmentPipeline(const RmtDecoder& decoder, const Shape& shape);

  const Shape& shape() const { return shape_; }
  Standing start() const;

  /// ids [N, B, T] int64 on the CPU: N whole segments of each document, read on from `standing`, which moves on.
  /// -> [B, N * T] fp64 negative log-likelihoods in nats; the first of each is NaN where nothing predicts it.
  /// Undefined where no scores are wanted.
  at::Tensor read(const at::Tensor& ids, Standing& standing);

 private:
  /// One of two groups of `depth` segments: while one is worked on, the other is filled.
  struct Half {
    at::Tensor ids, targets;       // [depth, B, T] int64, pinned
    at::Tensor nll;                // [depth * B * T] fp32 or fp64, pinned
    int64_t first = 0, count = 0;  // segments in it whose losses were not fetched yet
    QueueMark sent, read, scored;
  };

  Half make_half() const;
  void send(Half& half, int64_t slot, const at::Tensor& ids, const at::Tensor& targets);
  void score(Half& half, int64_t slot);
  void fetch(Half& half, const at::Tensor& losses);
  at::Tensor first_losses(const at::Tensor& ids, const Standing& standing) const;

  const RmtDecoder& decoder_;
  Shape shape_;
  at::Device device_;
  SegmentChain chain_;
  at::Tensor targets_;      // [2 * depth, B, T] int64, on the device
  at::Tensor last_hidden_;  // [B, D] fp32, on the device: of the last segment scored
  WorkQueue beside_;
  std::array<Half, 2> halves_;
};

}  // namespace rmt::model
