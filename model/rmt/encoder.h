// The recurrent encoder: [CLS] memory [SEP] text [SEP] through an unchanged BERT, segment by segment
// (Bulatov et al. 2022 and 2023; the memory rows of the last layer are the next segment's memory).
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "model/backbone.h"
#include "model/rmt/memory_state.h"
#include "model/rmt/rmt_config.h"
#include "model/rmt/segment_batch.h"

namespace rmt::model {

struct EncoderOutput {
  at::Tensor cls;  ///< [B, D]: what a classification head reads; for rows without tokens unspecified
  MemoryState state;
};

class RmtEncoder {
 public:
  /// `initial_memory` [M, D] fp32; `cls_id` and `sep_id` of the backbone's vocabulary. Throws Error as
  /// RmtDecoder does; a segment has T + M + 3 rows.
  RmtEncoder(std::shared_ptr<const Backbone> backbone, const RmtConfig& config, at::Tensor initial_memory,
             int64_t cls_id, int64_t sep_id);

  const Backbone& backbone() const { return *backbone_; }
  const RmtConfig& config() const { return config_; }
  const at::Tensor& initial_memory() const { return initial_memory_; }

  MemoryState start(int64_t batch) const { return start_state(initial_memory_, batch); }

  /// Reads one segment of text ids (no special tokens among them). An observer sees rows
  /// [CLS ; memory ; SEP ; text ; SEP ; padding].
  EncoderOutput step(const SegmentBatch& segment, const MemoryState& state,
                     const AttentionObserver* observer = nullptr) const;

 private:
  EncoderOutput step_batched(const SegmentBatch& segment, const MemoryState& state,
                             const AttentionObserver* observer) const;
  EncoderOutput step_each_row(const SegmentBatch& segment, const MemoryState& state,
                              const AttentionObserver* observer) const;

  std::shared_ptr<const Backbone> backbone_;
  RmtConfig config_;
  at::Tensor initial_memory_;  // [M, D]
  int64_t cls_id_, sep_id_;
};

}  // namespace rmt::model
