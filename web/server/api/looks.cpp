#include "web/server/api/looks.h"

#include <algorithm>

#include "lm/engine/random_id.h"
#include "web/server/error.h"

namespace rmt::web {

Look::Look(std::vector<int32_t> ids, engine::ReadingPtr from, const engine::ReadingInfo& info, size_t most_bytes)
    : ids_(std::move(ids)),
      from_(std::move(from)),
      segment_length_(info.segment_length),
      most_(std::max<size_t>(1, most_bytes / static_cast<size_t>(info.state_bytes()))) {}

int64_t Look::end_segment() const {
  return first_segment() + (tail_before() + static_cast<int64_t>(ids_.size())) / segment_length_;
}

void Look::keep(engine::ReadingPtr reading) {
  if (reading->segments % every_ != 0) return;
  readings_.push_back(std::move(reading));
  if (readings_.size() <= most_) return;
  every_ *= 2;
  std::erase_if(readings_, [&](const engine::ReadingPtr& one) { return one->segments % every_ != 0; });
}

engine::ReadingPtr Look::before(int64_t segment) const {
  const auto behind = std::ranges::upper_bound(readings_, segment, {}, &engine::Reading::segments);
  return behind == readings_.begin() ? from_ : *std::prev(behind);
}

int64_t Look::tokens_up_to(const engine::ReadingPtr& reading) const {
  return reading ? reading->tokens - tokens_before() : 0;
}

std::vector<engine::Job> Look::jobs(std::vector<int64_t> segments) const {
  std::ranges::sort(segments);
  std::vector<engine::Job> jobs;
  for (const int64_t segment : segments) {
    const engine::ReadingPtr from = before(segment);
    if (jobs.empty() || jobs.back().from != from) jobs.emplace_back().from = from;
    engine::Job& job = jobs.back();
    const int64_t end = (segment + 1 - first_segment()) * segment_length_ - tail_before();
    job.prompt.assign(ids_.begin() + tokens_up_to(from), ids_.begin() + end);
    job.looking.wanted = true;
    job.looking.segments.push_back(segment);
  }
  return jobs;
}

std::string Looks::put(const std::string& owner, std::shared_ptr<const Look> look) {
  const std::lock_guard lock(mutex_);
  Kept& kept = by_owner_[owner];
  if (kept.size() >= per_owner_) kept.pop_front();
  kept.emplace_back(engine::random_id(), std::move(look));
  return kept.back().first;
}

std::shared_ptr<const Look> Looks::find(const std::string& owner, const std::string& id) {
  const std::lock_guard lock(mutex_);
  Kept& kept = by_owner_[owner];
  const auto found = place(kept, id);
  std::rotate(found, std::next(found), kept.end());
  return kept.back().second;
}

void Looks::remove(const std::string& owner, const std::string& id) {
  const std::lock_guard lock(mutex_);
  Kept& kept = by_owner_[owner];
  kept.erase(place(kept, id));
}

Looks::Kept::iterator Looks::place(Kept& kept, const std::string& id) {
  const auto found = std::ranges::find(kept, id, &Kept::value_type::first);
  if (found != kept.end()) return found;
  throw HttpError(404, "There is no text with this id: it was dropped for others, or never kept. Send it again.", {},
                  "look_not_found");
}

}  // namespace rmt::web
