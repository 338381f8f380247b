#include "lm/engine/turns.h"

#include <algorithm>

namespace rmt::engine {

void Turns::add(const std::string& owner, uint64_t job) {
  const auto place =
      std::find_if(owners_.begin(), owners_.end(), [&](const Owner& other) { return other.name == owner; });
  if (place == owners_.end())
    owners_.push_back({owner, {job}});
  else
    place->jobs.push_back(job);
}

void Turns::remove(uint64_t job) {
  for (auto owner = owners_.begin(); owner != owners_.end(); ++owner) {
    const auto place = std::find(owner->jobs.begin(), owner->jobs.end(), job);
    if (place == owner->jobs.end()) continue;
    owner->jobs.erase(place);
    if (owner->jobs.empty()) owners_.erase(owner);
    return;
  }
}

std::optional<uint64_t> Turns::next(const std::function<bool(uint64_t)>& may) {
  for (auto owner = owners_.begin(); owner != owners_.end(); ++owner) {
    const auto place = std::find_if(owner->jobs.begin(), owner->jobs.end(), may);
    if (place == owner->jobs.end()) continue;
    const uint64_t job = *place;
    owner->jobs.erase(place);
    owner->jobs.push_back(job);
    owners_.splice(owners_.end(), owners_, owner);
    return job;
  }
  return std::nullopt;
}

}  // namespace rmt::engine
