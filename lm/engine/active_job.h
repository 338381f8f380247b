// One job while the model works on it: first its prompt is read, then its continuations are generated.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "corpora/tokenizer.h"
#include "lm/engine/continuation_run.h"
#include "lm/engine/generator.h"
#include "lm/engine/prefix_cache.h"
#include "lm/engine/prompt_reader.h"
#include "lm/engine/sampler.h"
#include "lm/engine/stream_model.h"

namespace rmt::engine {

/// What every job of a scheduler works with.
struct JobTools {
  StreamModel& model;
  const corpora::Tokenizer& tokenizer;
  Sampler& sampler;
  PrefixCache& cache;
};

class ActiveJob {
 public:
  ActiveJob(JobId id, Job job, std::shared_ptr<JobListener> listener, JobTools tools, double queued_ms);

  JobId id() const { return id_; }
  const std::string& owner() const { return job_.owner; }

  void feed(std::vector<int32_t> tokens, bool last) { prompt_.feed(std::move(tokens), last); }

  /// A segment of the prompt, or of a continuation that has filled one, can be read.
  bool wants_segment() const;
  void add_segment_work(std::vector<SegmentWork*>& rows);
  void segments_read(double ms);

  /// The prompt's end has been reached: finish_prompt() opens lanes(), if it is to be continued.
  bool wants_finish() const { return !ended_ && !prompt_finished_ && prompt_.next() == PromptReader::Next::tail; }
  int lanes() const { return static_cast<int>(job_.continuations.size()); }
  void finish_prompt();

  void add_decode_work(std::vector<DecodeWork>& rows);
  /// After the model has decoded that work.
  void decoded(double ms);

  /// Ends what has not ended.
  void end(Ending ending, const std::string& why = {});
  bool ended() const { return ended_; }
  /// Tells the listener, once it has ended.
  void tell_end() { listener_->on_end(end_); }

  int64_t open_lanes() const;
  int64_t waiting_tokens() const { return prompt_.waiting_tokens(); }
  bool reading_prompt() const { return !prompt_finished_; }
  /// Nothing can be done for it before it is fed.
  bool starved() const { return !prompt_finished_ && prompt_.next() == PromptReader::Next::starved; }
  int64_t read_tokens() const { return end_.prompt_tokens - end_.cached_tokens; }
  int64_t generated_tokens() const;
  int64_t cached_tokens() const { return end_.cached_tokens; }

 private:
  PromptReader begin_prompt(JobTools tools);
  void remember();
  TokenText text_after_prompt() const;
  void begin_continuations(std::unique_ptr<Lane> lane);
  void end_when_done();

  const JobId id_;
  const Job job_;
  const std::shared_ptr<JobListener> listener_;
  JobTools tools_;
  JobEnd end_;
  PrefixCache::Text cached_text_;
  PromptReader prompt_;
  bool prompt_finished_ = false, ended_ = false;
  bool prompt_at_work_ = false;             // among the rows being read
  std::vector<ContinuationRun*> turning_;   // among the rows being read
  std::vector<ContinuationRun*> decoding_;  // among the rows being decoded
  std::vector<std::unique_ptr<ContinuationRun>> runs_;
};

}  // namespace rmt::engine
