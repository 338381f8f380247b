#include "lm/engine/prompt_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rmt::engine {
namespace {

struct VectorChange {
  float similarity = 0, length = 0;
};

VectorChange change_of(std::span<const float> before, std::span<const float> after) {
  double product = 0, before_squared = 0, after_squared = 0, difference_squared = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    const double b = before[i], a = after[i];
    product += a * b;
    before_squared += b * b;
    after_squared += a * a;
    difference_squared += (a - b) * (a - b);
  }
  constexpr double kTiny = 1e-30;
  return {static_cast<float>(product / std::sqrt(std::max(before_squared * after_squared, kTiny))),
          static_cast<float>(std::sqrt(difference_squared / std::max(before_squared, kTiny)))};
}

}  // namespace

PromptReader::PromptReader(Reading from, int64_t done_before, const Job& job, const ReadingInfo& info,
                           JobListener& listener)
    : scoring_(job.scoring),
      looking_(job.looking),
      info_(info),
      listener_(listener),
      reading_(std::move(from)),
      pending_(job.prompt.begin() + done_before, job.prompt.end()),
      more_to_come_(job.more_to_come),
      read_(done_before) {
  if (hungry()) listener_.on_hungry();
}

void PromptReader::feed(std::vector<int32_t> tokens, bool last) {
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<int64_t>(next_pending_));
  next_pending_ = 0;
  pending_.insert(pending_.end(), tokens.begin(), tokens.end());
  if (last) more_to_come_ = false;
  if (hungry()) listener_.on_hungry();
}

PromptReader::Next PromptReader::next() const {
  if (static_cast<int64_t>(reading_.tail.size()) + waiting_tokens() >= info_.segment_length) return Next::segment;
  if (more_to_come_) return Next::starved;
  return tail_done_ ? Next::done : Next::tail;
}

bool PromptReader::hungry() const {
  return more_to_come_ && waiting_tokens() < 2 * info_.segment_length;
}

void PromptReader::cut(int64_t length) {
  prompt_offset_ = static_cast<int64_t>(reading_.tail.size());
  ids_ = std::move(reading_.tail);
  reading_.tail.clear();
  const auto from = pending_.begin() + static_cast<int64_t>(next_pending_);
  const int64_t taken = length - prompt_offset_;
  ids_.insert(ids_.end(), from, from + taken);
  next_pending_ += static_cast<size_t>(taken);
  read_ += taken;
}

// Rows over ids_, from the reading at their border.
void PromptReader::prepare() {
  work_ = {};
  work_.from = &reading_;
  work_.ids = ids_;
  work_.write = static_cast<int64_t>(ids_.size()) == info_.segment_length;
  work_.top = scoring_.top_logprobs;
  const int64_t first_of_prompt = read_ - (static_cast<int64_t>(ids_.size()) - prompt_offset_);
  const int64_t score_from = prompt_offset_ + std::max<int64_t>(0, scoring_.from - first_of_prompt);
  if (scoring_.wanted && score_from < static_cast<int64_t>(ids_.size())) work_.score_from = score_from;

  work_.look = looking_.wanted && work_.write && std::ranges::count(looking_.segments, reading_.segments) > 0;
  work_.look_layer = looking_.layer;

  if (!scoring_.reset_too) return;
  reset_from_.last_hidden = reset_hidden_;
  reset_from_.tokens = reading_.tokens - prompt_offset_;
  reset_from_.segments = reading_.segments;
  reset_work_ = work_;
  reset_work_.from = &reset_from_;
  reset_work_.reset_memory = true;
  reset_work_.write = reset_work_.look = false;
  reset_work_.top = 0;
}

void PromptReader::add_work(std::vector<SegmentWork*>& rows) {
  cut(info_.segment_length);
  prepare();
  rows.push_back(&work_);
  if (scoring_.reset_too) rows.push_back(&reset_work_);
}

void PromptReader::work_done(double ms) {
  tell(ms);
  std::optional<SeenSegment> seen_segment;
  if (looking_.wanted) seen_segment = seen();
  reading_.memory = std::move(work_.memory);
  reading_.last_hidden = std::move(work_.last_hidden);
  if (scoring_.reset_too) reset_hidden_ = std::move(reset_work_.last_hidden);
  reading_.segments += 1;
  reading_.tokens += info_.segment_length - prompt_offset_;
  if (seen_segment) {
    if (looking_.readings_every > 0 && reading_.segments % looking_.readings_every == 0)
      seen_segment->after = std::make_shared<const Reading>(reading_);
    listener_.on_seen(*seen_segment);
  }
  if (hungry()) listener_.on_hungry();
}

Reading PromptReader::take_tail() {
  cut(static_cast<int64_t>(reading_.tail.size()) + waiting_tokens());
  prepare();
  Reading whole = reading_;
  whole.tail = ids_;
  whole.tokens += static_cast<int64_t>(ids_.size()) - prompt_offset_;
  return whole;
}

void PromptReader::tail_done(double ms) {
  tell(ms);
  reading_.tokens += static_cast<int64_t>(ids_.size()) - prompt_offset_;
  reading_.tail = std::move(ids_);
  tail_done_ = true;
}

// What the segment at hand did to the memory, which is still the one before it.
SeenSegment PromptReader::seen() {
  SeenSegment seen{reading_.segments, reading_.tokens - prompt_offset_, ids_, {}, {}, {}, {}, nullptr};
  const auto width = static_cast<size_t>(info_.width);
  for (size_t at = 0; at + width <= reading_.memory.size(); at += width) {
    const VectorChange change =
        change_of(std::span(reading_.memory).subspan(at, width), std::span(work_.memory).subspan(at, width));
    seen.similarity.push_back(change.similarity);
    seen.change.push_back(change.length);
  }
  seen.write = std::move(work_.write_map);
  seen.read = std::move(work_.read_map);
  return seen;
}

void PromptReader::tell(double ms) {
  if (!work_.score_from) return;
  const int64_t before = reading_.tokens - prompt_offset_;  // tokens of the text before ids_
  ScoredTokens scored{reading_.segments, before + *work_.score_from, {}, ms};
  // Nothing predicts the first token of a text: it is told without a score.
  const bool first_of_text = before + *work_.score_from == 0;
  const auto count = ids_.size() - static_cast<size_t>(*work_.score_from);
  scored.tokens.resize(count);
  for (size_t i = 0; i < count; ++i) {
    ScoredToken& token = scored.tokens[i];
    token.id = ids_[static_cast<size_t>(*work_.score_from) + i];
    if (first_of_text && i == 0) continue;
    const size_t j = i - (first_of_text ? 1 : 0);
    token.logprob = work_.scores.at(j).logprob;
    token.top = std::move(work_.scores[j].top);
    if (scoring_.reset_too) token.logprob_reset = reset_work_.scores.at(j).logprob;
  }
  listener_.on_scored(scored);
}

}  // namespace rmt::engine
