#include "tests/lm/engine/job_record.h"

#include <stdexcept>

namespace rmt::tests {

template <class Change>
void JobRecord::change(const char* what, Change change) {
  {
    const std::lock_guard lock(mutex_);
    if (end_) after_the_end.emplace_back(what);
    change();
  }
  changed_.notify_all();
}

template <class Condition>
void JobRecord::wait(const char* what, Condition condition) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds(10), condition))
    throw std::runtime_error(std::string("waited in vain for ") + what);
}

void JobRecord::on_scored(const engine::ScoredTokens& told) {
  change("scored", [&] { scored.push_back(told); });
}
void JobRecord::on_token(const engine::GeneratedToken& told) {
  change("token", [&] { tokens.push_back(told); });
}
void JobRecord::on_continuation_end(const engine::ContinuationEnd& told) {
  change("continuation end", [&] { ends[told.continuation] = told; });
}
void JobRecord::on_hungry() {
  change("hungry", [&] { ++hungry_; });
}
void JobRecord::on_end(const engine::JobEnd& told) {
  change("end", [&] { end_ = std::make_unique<engine::JobEnd>(told); });
}

engine::JobEnd JobRecord::end() {
  wait("the end", [&] { return end_ != nullptr; });
  return *end_;
}

bool JobRecord::ended() {
  const std::lock_guard lock(mutex_);
  return end_ != nullptr;
}

void JobRecord::wait_until_hungry(int times) {
  wait("hunger", [&] { return hungry_ >= times; });
}

void JobRecord::wait_for_tokens(size_t count) {
  wait("tokens", [&] { return tokens.size() >= count; });
}

std::vector<engine::ScoredToken> JobRecord::scored_tokens() const {
  std::vector<engine::ScoredToken> all;
  for (const engine::ScoredTokens& part : scored) all.insert(all.end(), part.tokens.begin(), part.tokens.end());
  return all;
}

std::vector<int32_t> JobRecord::generated(int continuation) const {
  std::vector<int32_t> ids;
  for (const engine::GeneratedToken& token : tokens)
    if (token.continuation == continuation) ids.push_back(token.id);
  return ids;
}

std::string JobRecord::text(int continuation) const {
  std::string text;
  for (const engine::GeneratedToken& token : tokens)
    if (token.continuation == continuation) text += token.text;
  return text + ends.at(continuation).text;
}

}  // namespace rmt::tests
