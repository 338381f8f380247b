// Reads a job's prompt segment by segment and tells its scores: the part of a job that needs no lane.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lm/engine/generator.h"
#include "lm/engine/job.h"
#include "lm/engine/stream_model.h"

namespace rmt::engine {

class PromptReader {
 public:
  /// Begins at `from`, `done_before` tokens into the prompt where a cached reading saved them. The listener must
  /// outlive it.
  PromptReader(Reading from, int64_t done_before, const Job& job, const ReadingInfo& info, JobListener& listener);

  /// Takes further tokens of the prompt; after `last` there are none.
  void feed(std::vector<int32_t> tokens, bool last);

  enum class Next {
    segment,  ///< a whole segment can be read: add_work(), then work_done()
    tail,     ///< the rest, less than a segment, is to be dealt with: tail_work(), then tail_done()
    starved,  ///< waits for feed()
    done
  };
  Next next() const;

  /// The rows of the next segment, results to be filled in; valid until work_done().
  void add_work(std::vector<SegmentWork*>& rows);
  void work_done(double ms);

  /// The reading at the prompt's end, whose tail is the rest.
  Reading take_tail();
  /// The tail as rows that only score: null where nothing of it is to be scored; once more with the memory reset, null
  /// where that is not wanted. Valid until tail_done().
  SegmentWork* tail_work() { return work_.score_from ? &work_ : nullptr; }
  SegmentWork* tail_work_reset() { return work_.score_from && scoring_.reset_too ? &reset_work_ : nullptr; }
  void tail_done(double ms);

  const Reading& reading() const { return reading_; }
  /// The tokens of the segment that was read last.
  std::span<const int32_t> segment_read() const { return ids_; }
  int64_t waiting_tokens() const { return static_cast<int64_t>(pending_.size() - next_pending_); }

 private:
  void cut(int64_t length);
  void prepare();
  void tell(double ms);
  SeenSegment seen();
  bool hungry() const;

  const Scoring scoring_;
  const Looking looking_;
  const ReadingInfo& info_;
  JobListener& listener_;
  Reading reading_;
  std::vector<float> reset_hidden_;  // of the chain read with the memory reset
  std::vector<int32_t> pending_;     // from next_pending_ on not yet read
  size_t next_pending_ = 0;
  bool more_to_come_, tail_done_ = false;
  int64_t read_ = 0;  // of the prompt

  // The segment at hand.
  std::vector<int32_t> ids_;
  int64_t prompt_offset_ = 0;  // where in ids_ the prompt begins: after what was the tail
  Reading reset_from_;
  SegmentWork work_, reset_work_;
};

}  // namespace rmt::engine
