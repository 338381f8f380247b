// Next-token prediction over N segments, each of them one recorded step.
#pragma once

#include "lm/train/decoder_objective.h"
#include "lm/train/recorded_segment.h"

namespace rmt::lm {

class RecordedObjective final : public Objective {
 public:
  /// As DecoderObjective has them; as many rows as `recorded` was made for. It and the decoder must outlive the
  /// objective. Throws IndexError for a target outside the vocabulary.
  RecordedObjective(RecordedSegment& recorded, const model::RmtDecoder& decoder, const at::Tensor& rows,
                    const at::Tensor& targets, double scale);

  int64_t segments() const override { return plain_.segments(); }
  model::MemoryState start() const override { return plain_.start(); }
  model::MemoryState read(int64_t s, const model::MemoryState& state) const override;
  /// Is not recorded: a graph that is kept cannot be replayed.
  SegmentStep step(int64_t s, const model::MemoryState& state) const override { return plain_.step(s, state); }
  SegmentLesson learn(int64_t s, const model::MemoryState& state, const at::Tensor& by_next,
                      bool by_memory_wanted) const override;

 private:
  RecordedSegment& recorded_;
  DecoderObjective plain_;
};

}  // namespace rmt::lm
