#include "corpora/tokenizers/word_merger.h"

#include <algorithm>

namespace rmt::corpora {

namespace {

// Up to here a scan for the earliest merge beats a heap.
constexpr size_t kShort = 32;

constexpr uint32_t kNoToken = UINT32_MAX;

}  // namespace

const std::vector<WordToken>& WordMerger::merge(std::string_view word) {
  split(word);
  if (tokens_.size() > kShort) {
    merge_long();
  } else if (tokens_.size() > 1) {
    merge_short();
  }
  return tokens_;
}

void WordMerger::split(std::string_view word) {
  tokens_.clear();
  uint32_t waiting = 0;  // bytes without a piece before the first token
  for (const char c : word) {
    const int32_t id = id_of_byte_[static_cast<unsigned char>(c)];
    if (id >= 0) {
      tokens_.push_back({id, 1 + waiting});
      waiting = 0;
    } else if (tokens_.empty()) {
      ++waiting;
    } else {
      ++tokens_.back().bytes;
    }
  }
}

void WordMerger::merge_short() {
  next_.clear();
  for (size_t i = 0; i + 1 < tokens_.size(); ++i) next_.push_back(merges_.find(tokens_[i].id, tokens_[i + 1].id));
  while (!next_.empty()) {
    const auto best =
        std::min_element(next_.begin(), next_.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
    if (!*best) return;
    const auto at = static_cast<size_t>(best - next_.begin());
    tokens_[at] = {best->id, tokens_[at].bytes + tokens_[at + 1].bytes};
    tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    next_.erase(best);
    if (at > 0) next_[at - 1] = merges_.find(tokens_[at - 1].id, tokens_[at].id);
    if (at + 1 < tokens_.size()) next_[at] = merges_.find(tokens_[at].id, tokens_[at + 1].id);
  }
}

void WordMerger::push(uint32_t left, uint32_t right) {
  const MergeTable::Merge merge = merges_.find(tokens_[left].id, tokens_[right].id);
  if (!merge) return;
  heap_.push_back({merge.rank, left, merge.id});
  std::push_heap(heap_.begin(), heap_.end());
}

void WordMerger::merge_long() {
  const auto count = static_cast<uint32_t>(tokens_.size());
  left_.resize(count);
  right_.resize(count);
  heap_.clear();
  for (uint32_t i = 0; i < count; ++i) {
    left_[i] = i == 0 ? kNoToken : i - 1;
    right_[i] = i + 1 == count ? kNoToken : i + 1;
  }
  for (uint32_t i = 0; i + 1 < count; ++i) push(i, i + 1);

  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end());
    const Candidate best = heap_.back();
    heap_.pop_back();
    const uint32_t at = best.at, right = right_[at];
    // A candidate whose tokens have since been merged with others names a pair that is gone.
    if (tokens_[at].bytes == 0 || right == kNoToken) continue;
    if (merges_.find(tokens_[at].id, tokens_[right].id).id != best.id) continue;
    tokens_[at] = {best.id, tokens_[at].bytes + tokens_[right].bytes};
    tokens_[right].bytes = 0;
    right_[at] = right_[right];
    if (right_[at] != kNoToken) left_[right_[at]] = at;
    if (left_[at] != kNoToken) push(left_[at], at);
    if (right_[at] != kNoToken) push(at, right_[at]);
  }
  std::erase_if(tokens_, [](const WordToken& token) { return token.bytes == 0; });
}

}  // namespace rmt::corpora
