#include "web/server/api/job_queue.h"

#include <algorithm>

#include "web/server/error.h"

namespace rmt::web {

namespace asio = boost::asio;

JobQueue::JobQueue(JobChannel& channel, std::vector<engine::Job> jobs, const Limits& limits, Metrics& metrics)
    : channel_(channel),
      open_parts_(jobs.size()),
      ends_(jobs.size()),
      at_once_(limits.jobs_at_once),
      metrics_(metrics) {
  for (size_t i = 0; i < jobs.size(); ++i) add_parts(std::move(jobs[i]), i, limits.choices_at_once);
}

void JobQueue::add_parts(engine::Job job, size_t whole, size_t most) {
  std::vector<engine::Continuation> all = std::move(job.continuations);
  job.continuations.clear();
  size_t first = 0;
  do {
    const size_t last = std::min(all.size(), first + most);
    Part part{first == 0 ? std::move(job) : parts_.back().job, whole, static_cast<int>(first)};
    part.job.continuations.assign(all.begin() + static_cast<ptrdiff_t>(first),
                                  all.begin() + static_cast<ptrdiff_t>(last));
    if (first > 0) part.job.scoring.wanted = false;
    parts_.push_back(std::move(part));
    ++open_parts_[whole];
    first = last;
  } while (first < all.size());
}

void JobQueue::begin() {
  fill();
}

void JobQueue::fill() {
  while (started_ < parts_.size() && channel_.running() < at_once_) {
    try {
      channel_.start(parts_[started_].job);
    } catch (const HttpError& error) {
      // What this request has begun it brings to its end.
      if (error.status == 429 && started_ > 0) return;
      throw;
    }
    parts_[started_++].job = {};
  }
}

asio::awaitable<void> JobQueue::wait_for_room(EventStream* stream) {
  constexpr std::chrono::milliseconds kPause{500};
  while (channel_.running() == 0 && started_ < parts_.size()) {
    co_await channel_.next(kPause);
    if (stream != nullptr) co_await stream->keep_alive();
    fill();
  }
}

asio::awaitable<std::optional<JobEvent>> JobQueue::next(EventStream* stream) {
  for (;;) {
    fill();
    co_await wait_for_room(stream);
    if (channel_.running() == 0) co_return std::nullopt;
    JobEvent event;
    if (stream != nullptr)
      event = co_await stream->next(channel_);
    else
      event = co_await next_event(channel_);
    std::optional<JobEvent> told = of_whole(std::move(event));
    if (told) co_return told;
  }
}

std::optional<JobEvent> JobQueue::of_whole(JobEvent event) {
  const Part& part = parts_[event.job];
  event.job = part.whole;
  if (auto* token = std::get_if<engine::GeneratedToken>(&event.what)) token->continuation += part.first;
  if (auto* end = std::get_if<engine::ContinuationEnd>(&event.what)) end->continuation += part.first;
  measure(event);
  const auto* end = std::get_if<engine::JobEnd>(&event.what);
  if (end == nullptr) return event;

  require_finished(end->ending, end->why);
  // The prompt is counted once, however often it had to be gone on from.
  engine::JobEnd& whole = ends_[part.whole];
  const int64_t generated = whole.generated_tokens + end->generated_tokens;
  if (part.first == 0) whole = *end;
  whole.generated_tokens = generated;
  if (--open_parts_[part.whole] > 0) return std::nullopt;
  event.what = whole;
  return event;
}

void JobQueue::measure(const JobEvent& event) {
  const auto* token = std::get_if<engine::GeneratedToken>(&event.what);
  if (token == nullptr) return;
  const auto now = std::chrono::steady_clock::now();
  const auto [last, first] = last_token_.try_emplace({event.job, token->continuation}, now);
  const std::chrono::duration<double> waited = now - (first ? asked_ : last->second);
  first ? metrics_.first_token(waited.count()) : metrics_.next_token(waited.count());
  last->second = now;
}

}  // namespace rmt::web
