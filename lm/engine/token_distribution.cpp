#include "lm/engine/token_distribution.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "lm/engine/logit_weights.h"

namespace rmt::engine {

namespace {

double log_sum_exp(std::span<const float> logits) {
  const float most = highest(logits);
  if (!std::isfinite(most)) return std::numeric_limits<double>::quiet_NaN();
  const LogitScale scale(most, 1);
  std::array<float, 512> weights;
  double sum = 0;
  for (size_t at = 0; at < logits.size(); at += weights.size()) {
    const auto part = logits.subspan(at, std::min(weights.size(), logits.size() - at));
    weigh(part, scale, weights);
    sum += sum_of(std::span(weights).first(part.size()));
  }
  return static_cast<double>(most) + std::log(sum);
}

// While `logprob` still holds the logit.
bool likelier(const TopToken& a, const TopToken& b) {
  return a.logprob != b.logprob ? a.logprob > b.logprob : a.id < b.id;
}

}  // namespace

TokenDistribution::TokenDistribution(std::span<const float> logits) : logits_(logits), log_sum_(log_sum_exp(logits)) {}

float TokenDistribution::logprob(int32_t id) const {
  const float logit = logits_[static_cast<size_t>(id)];
  if (std::isnan(log_sum_)) return std::numeric_limits<float>::quiet_NaN();
  if (std::isnan(logit)) return -std::numeric_limits<float>::infinity();
  return static_cast<float>(static_cast<double>(logit) - log_sum_);
}

std::vector<TopToken> TokenDistribution::likeliest(int count) const {
  const auto wanted = static_cast<size_t>(std::max(count, 0));
  std::vector<TopToken> best;  // a heap, the least likely on top
  if (wanted == 0) return best;
  float bar = -std::numeric_limits<float>::infinity();  // to be passed: ids come in order, so an equal one loses
  for (size_t i = 0; i < logits_.size(); ++i) {
    if (!(logits_[i] > bar)) continue;
    if (best.size() == wanted) {
      std::pop_heap(best.begin(), best.end(), likelier);
      best.pop_back();
    }
    best.push_back({static_cast<int32_t>(i), logits_[i]});
    std::push_heap(best.begin(), best.end(), likelier);
    if (best.size() == wanted) bar = best.front().logprob;
  }
  std::sort_heap(best.begin(), best.end(), likelier);
  for (TopToken& token : best) token.logprob = logprob(token.id);
  return best;
}

}  // namespace rmt::engine
