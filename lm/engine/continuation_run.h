// One continuation of a job on its way: the lane it is generated in, what draws its tokens, and its text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lm/engine/generator.h"
#include "lm/engine/job.h"
#include "lm/engine/sampler.h"
#include "lm/engine/stop_texts.h"
#include "lm/engine/stream_model.h"
#include "lm/engine/token_text.h"

namespace rmt::engine {

class ContinuationRun {
 public:
  /// Goes on from `prompt`, to whose end `lane` has been opened; `text` has passed over it. All references must outlive
  /// the run.
  ContinuationRun(int number, const Continuation& wanted, Reading prompt, std::unique_ptr<Lane> lane, TokenText text,
                  Sampler& sampler, const GeneratorInfo& info, JobListener& listener);

  /// Draws the next token from the lane's logits and tells it.
  void draw();

  bool ended() const { return told_end_; }

  /// The token drawn fits into the lane's segment: decode_work(), let the model decode, then draw().
  bool wants_decode() const { return !told_end_ && !segment_full(); }
  DecodeWork decode_work();

  /// The token drawn is the segment's last: the segment is read as a whole, so that memory is the same whether a text
  /// was read or generated. turn_work(), let the model read, then turned().
  bool wants_turn() const { return !told_end_ && segment_full(); }
  SegmentWork* turn_work();
  void turned(StreamModel& model);

  /// Ends it where it stands.
  void end(Ending ending);
  int64_t generated() const { return generated_; }

 private:
  bool ends_text(int32_t token) const;
  bool segment_full() const;
  Reading reading() const;
  void finish(Ending ending);
  void tell_end();

  const int number_;
  const Continuation& wanted_;
  const GeneratorInfo& info_;
  JobListener& listener_;
  Reading border_;  // without a tail: the segment begun is in the lane
  std::unique_ptr<Lane> lane_;
  std::optional<int32_t> drawn_;  // not yet in the lane
  Sampler& sampler_;
  TokenCounts counts_;
  TokenText text_;
  StopTexts stops_;
  int64_t generated_ = 0;
  std::optional<ContinuationEnd> end_;  // known, to be told when the segment is written
  bool told_end_ = false;
  std::vector<int32_t> turn_ids_;
  SegmentWork turn_;
};

}  // namespace rmt::engine
