// What a model says of the next token, before sampling changes anything: the log-softmax of its logits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lm/engine/job.h"

namespace rmt::engine {

class TokenDistribution {
 public:
  /// `logits` must outlive this. NaN counts as -infinity.
  explicit TokenDistribution(std::span<const float> logits);

  /// NaN where no logit is a finite number, or one is +infinity: such a model is broken.
  float logprob(int32_t id) const;

  /// The `count` likeliest, best first, the lower id first among equals, with the log-probabilities that logprob()
  /// gives, bit for bit. Fewer where fewer are possible at all.
  std::vector<TopToken> likeliest(int count) const;

 private:
  std::span<const float> logits_;
  double log_sum_;  // log of the sum of exp(logit)
};

}  // namespace rmt::engine
