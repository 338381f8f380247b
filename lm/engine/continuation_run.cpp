#include "lm/engine/continuation_run.h"

#include <algorithm>
#include <utility>

#include "lm/engine/token_distribution.h"

namespace rmt::engine {

ContinuationRun::ContinuationRun(int number, const Continuation& wanted, Reading prompt, std::unique_ptr<Lane> lane,
                                 TokenText text, Sampler& sampler, const GeneratorInfo& info, JobListener& listener)
    : number_(number),
      wanted_(wanted),
      info_(info),
      listener_(listener),
      border_(std::move(prompt)),
      lane_(std::move(lane)),
      sampler_(sampler),
      text_(std::move(text)),
      stops_(wanted.stop) {
  border_.tokens -= static_cast<int64_t>(border_.tail.size());
  border_.tail.clear();
}

void ContinuationRun::draw() {
  const std::span<const float> logits = lane_->logits();
  const auto position = static_cast<uint64_t>(border_.tokens) + lane_->tokens().size();
  drawn_ = sampler_.draw(logits, wanted_.sampling, counts_, position);
  if (!drawn_) return finish(Ending::failed);

  GeneratedToken told;
  told.continuation = number_;
  told.id = *drawn_;
  const TokenDistribution distribution(logits);
  told.logprob = distribution.logprob(told.id);
  told.top = distribution.likeliest(wanted_.top_logprobs);
  counts_.add(told.id);
  generated_ += 1;
  const bool eos = ends_text(told.id);
  if (!eos) told.text = stops_.push(text_.push(told.id));
  listener_.on_token(told);
  if (eos)
    finish(Ending::eos);
  else if (stops_.found())
    finish(Ending::stop);
  else if (wanted_.max_tokens && generated_ >= *wanted_.max_tokens)
    finish(Ending::length);
}

bool ContinuationRun::ends_text(int32_t token) const {
  return wanted_.stop_at_eos && std::count(info_.eos.begin(), info_.eos.end(), token) > 0;
}

DecodeWork ContinuationRun::decode_work() {
  const int32_t token = *drawn_;
  drawn_.reset();
  return {lane_.get(), token};
}

bool ContinuationRun::segment_full() const {
  return drawn_ && static_cast<int64_t>(lane_->tokens().size()) + 1 == info_.reading.segment_length;
}

SegmentWork* ContinuationRun::turn_work() {
  const std::span<const int32_t> begun = lane_->tokens();
  turn_ids_.assign(begun.begin(), begun.end());
  turn_ids_.push_back(*drawn_);
  turn_ = {};
  turn_.from = &border_;
  turn_.ids = turn_ids_;
  return &turn_;
}

void ContinuationRun::turned(StreamModel& model) {
  border_.memory = std::move(turn_.memory);
  border_.last_hidden = std::move(turn_.last_hidden);
  border_.segments += 1;
  border_.tokens += info_.reading.segment_length;
  drawn_.reset();
  lane_.reset();
  if (end_) return tell_end();
  lane_ = model.open_lane(border_);
  draw();
}

void ContinuationRun::end(Ending ending) {
  if (told_end_) return;
  if (!end_) finish(ending);
  if (!told_end_) tell_end();
}

// Where the last token fills the segment, the end is told when that has been written.
void ContinuationRun::finish(Ending ending) {
  ContinuationEnd end;
  end.continuation = number_;
  end.ending = ending;
  if (!stops_.found()) end.text = stops_.push(text_.finish());
  if (!stops_.found()) end.text += stops_.finish();
  if (stops_.found()) {  // the characters held back completed a stop text
    end.ending = Ending::stop;
    end.stop_text = *stops_.found();
  }
  end.tokens = generated_;
  end_ = std::move(end);
  if (!segment_full()) tell_end();
}

void ContinuationRun::tell_end() {
  const bool whole = end_->ending == Ending::stop || end_->ending == Ending::eos || end_->ending == Ending::length;
  // Broken off before its last segment was written, it stands nowhere that could be gone on from.
  if (whole && !segment_full()) end_->reading = std::make_shared<const Reading>(reading());
  listener_.on_continuation_end(*end_);
  lane_.reset();
  told_end_ = true;
}

Reading ContinuationRun::reading() const {
  Reading reading = border_;
  if (lane_) reading.tail.assign(lane_->tokens().begin(), lane_->tokens().end());
  if (drawn_) reading.tail.push_back(*drawn_);
  reading.tokens += static_cast<int64_t>(reading.tail.size());
  return reading;
}

}  // namespace rmt::engine
