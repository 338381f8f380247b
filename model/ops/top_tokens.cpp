#include "model/ops/top_tokens.h"

#include <algorithm>

namespace rmt::model::ops {
namespace {

bool better(const RankedToken& a, const RankedToken& b) {
  return a.better_than(b);
}

// Most panels hold none; without a branch in it the loop runs in vectors.
bool any_reaches(const float* logits, int64_t count, float bar) {
  int reached = 0;
  for (int64_t i = 0; i < count; ++i) reached |= logits[i] >= bar;
  return reached != 0;
}

}  // namespace

void TopTokens::add(const float* logits, int64_t count, int64_t first_id) {
  if (k_ == 0 || (best_.size() == k_ && !any_reaches(logits, count, best_.front().logit))) return;
  for (int64_t i = 0; i < count; ++i) add({first_id + i, logits[i]});
}

void TopTokens::add(const TopTokens& others) {
  for (const RankedToken& token : others.best_) add(token);
}

void TopTokens::add(const RankedToken& token) {
  if (token.logit != token.logit) return;
  if (best_.size() == k_) {
    if (k_ == 0 || !token.better_than(best_.front())) return;
    std::pop_heap(best_.begin(), best_.end(), better);
    best_.pop_back();
  }
  best_.push_back(token);
  std::push_heap(best_.begin(), best_.end(), better);
}

std::vector<RankedToken> TopTokens::ranked() const {
  std::vector<RankedToken> all = best_;
  std::sort(all.begin(), all.end(), better);
  return all;
}

}  // namespace rmt::model::ops
