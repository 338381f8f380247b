#include "lm/engine/active_job.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace rmt::engine {

ActiveJob::ActiveJob(JobId id, Job job, std::shared_ptr<JobListener> listener, JobTools tools, double queued_ms)
    : id_(id),
      job_(std::move(job)),
      listener_(std::move(listener)),
      tools_(tools),
      cached_text_(tools.cache.begin(job_.cache_salt)),
      prompt_(begin_prompt(tools)) {
  end_.queued_ms = queued_ms;
  end_.prompt_tokens = end_.cached_tokens;
}

// A text begun from nothing may go on from what another job has read of the same tokens, as far as nothing of it is to
// be scored.
PromptReader ActiveJob::begin_prompt(JobTools tools) {
  Reading from = job_.from ? *job_.from : tools.model.start();
  if (!job_.from && job_.use_cache && !job_.looking.wanted) {
    const int64_t most = job_.scoring.wanted ? job_.scoring.from : static_cast<int64_t>(job_.prompt.size());
    if (const ReadingPtr cached = tools.cache.find(cached_text_, job_.prompt, most)) {
      end_.cached_tokens = cached->tokens;
      from = *cached;
    }
  }
  return {std::move(from), end_.cached_tokens, job_, tools.model.info().reading, *listener_};
}

bool ActiveJob::wants_segment() const {
  if (ended_) return false;
  if (!prompt_finished_) return prompt_.next() == PromptReader::Next::segment;
  return std::any_of(runs_.begin(), runs_.end(), [](const auto& run) { return run->wants_turn(); });
}

void ActiveJob::add_segment_work(std::vector<SegmentWork*>& rows) {
  if (!prompt_finished_) {
    prompt_.add_work(rows);
    prompt_at_work_ = true;
    return;
  }
  const auto run = std::find_if(runs_.begin(), runs_.end(), [](const auto& other) { return other->wants_turn(); });
  turning_.push_back(run->get());
  rows.push_back((*run)->turn_work());
}

void ActiveJob::segments_read(double ms) {
  if (prompt_at_work_) {
    end_.read_ms += ms;
    const int64_t before = prompt_.reading().tokens;
    prompt_.work_done(ms);
    end_.prompt_tokens += prompt_.reading().tokens - before;
    remember();
  } else {
    end_.generate_ms += ms;
    for (ContinuationRun* run : std::exchange(turning_, {})) run->turned(tools_.model);
  }
  prompt_at_work_ = false;
  end_when_done();
}

void ActiveJob::remember() {
  if (job_.from || !job_.use_cache) return;
  tools_.cache.put(cached_text_, prompt_.segment_read(), std::make_shared<const Reading>(prompt_.reading()));
}

void ActiveJob::finish_prompt() {
  const auto started = std::chrono::steady_clock::now();
  const auto elapsed_ms = [&] {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
  };
  Reading whole = prompt_.take_tail();
  std::unique_ptr<Lane> lane;
  SegmentWork* scoring = prompt_.tail_work();
  if (!job_.continuations.empty()) {
    lane = tools_.model.open_lane(whole, scoring);
  } else if (scoring != nullptr) {
    tools_.model.read(std::span(&scoring, 1));
  }
  if (SegmentWork* reset = prompt_.tail_work_reset()) tools_.model.read(std::span(&reset, 1));
  const int64_t before = prompt_.reading().tokens;
  prompt_.tail_done(elapsed_ms());
  end_.read_ms += elapsed_ms();
  end_.prompt_tokens += prompt_.reading().tokens - before;
  end_.reading = std::make_shared<const Reading>(std::move(whole));
  prompt_finished_ = true;
  if (lane) begin_continuations(std::move(lane));
  end_when_done();
}

// A character may have begun in the prompt; none is longer than four bytes, and no token shorter than one.
TokenText ActiveJob::text_after_prompt() const {
  constexpr size_t kLongestCharacter = 4;
  TokenText text(tools_.tokenizer, end_.reading->tokens > 0);
  text.pass_over(std::span(job_.prompt).last(std::min(job_.prompt.size(), kLongestCharacter)));
  return text;
}

void ActiveJob::begin_continuations(std::unique_ptr<Lane> lane) {
  const TokenText text = text_after_prompt();
  std::vector<std::unique_ptr<Lane>> own;
  for (int i = 1; i < lanes(); ++i) own.push_back(lane->fork());
  own.push_back(std::move(lane));
  for (int i = 0; i < lanes(); ++i) {
    const auto at = static_cast<size_t>(i);
    runs_.push_back(std::make_unique<ContinuationRun>(i, job_.continuations[at], *end_.reading, std::move(own[at]),
                                                      text, tools_.sampler, tools_.model.info(), *listener_));
  }
  for (const auto& run : runs_) run->draw();
}

void ActiveJob::add_decode_work(std::vector<DecodeWork>& rows) {
  for (const auto& run : runs_) {
    if (!run->wants_decode()) continue;
    decoding_.push_back(run.get());
    rows.push_back(run->decode_work());
  }
}

void ActiveJob::decoded(double ms) {
  if (decoding_.empty()) return;
  end_.generate_ms += ms;
  for (ContinuationRun* run : std::exchange(decoding_, {})) run->draw();
  end_when_done();
}

int64_t ActiveJob::open_lanes() const {
  return std::count_if(runs_.begin(), runs_.end(), [](const auto& run) { return !run->ended(); });
}

int64_t ActiveJob::generated_tokens() const {
  int64_t sum = 0;
  for (const auto& run : runs_) sum += run->generated();
  return sum;
}

void ActiveJob::end_when_done() {
  if (prompt_finished_ && open_lanes() == 0) end(Ending::length);
}

void ActiveJob::end(Ending ending, const std::string& why) {
  if (ended_) return;
  for (const auto& run : runs_) run->end(ending);
  end_.ending = ending;
  end_.why = why;
  end_.generated_tokens = generated_tokens();
  ended_ = true;
}

}  // namespace rmt::engine
