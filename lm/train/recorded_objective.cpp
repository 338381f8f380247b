#include "lm/train/recorded_objective.h"

namespace rmt::lm {

RecordedObjective::RecordedObjective(RecordedSegment& recorded, const model::RmtDecoder& decoder,
                                     const at::Tensor& rows, const at::Tensor& targets, double scale)
    : recorded_(recorded), plain_(decoder, rows, targets, decoder.config().segment_length, scale) {
  TORCH_CHECK_INDEX(targets.max().item<int64_t>() < decoder.backbone().head().out_features(),
                    "a target outside the vocabulary");
}

model::MemoryState RecordedObjective::read(int64_t s, const model::MemoryState& state) const {
  const model::SegmentBatch& segment = plain_.segment(s);
  return model::advance(state, segment, recorded_.read(segment.ids, state.memory));
}

SegmentLesson RecordedObjective::learn(int64_t s, const model::MemoryState& state, const at::Tensor& by_next,
                                       bool by_memory_wanted) const {
  RecordedSegment::Lesson lesson =
      recorded_.learn(plain_.segment(s).ids, plain_.targets(s), plain_.scale(), state.memory, by_next);
  return {std::move(lesson.loss), 0, by_memory_wanted ? std::move(lesson.by_memory) : at::Tensor()};
}

}  // namespace rmt::lm
