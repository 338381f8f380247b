// The cross-entropy of one row of logits, in one pass over them.
#pragma once

#include "model/cuda/row_block.h"

namespace rmt::model::cuda {

RMTLM_LANE_CODE float exponential(float x) {
#ifdef __CUDACC__
  return expf(x);
#else
  return std::exp(x);
#endif
}

RMTLM_LANE_CODE float logarithm(float x) {
#ifdef __CUDACC__
  return logf(x);
#else
  return std::log(x);
#endif
}

/// log of a sum of exponentials as far as it goes: sum * exp(highest).
struct LogSum {
  float highest, sum;
};

struct JoinLogSums {
  RMTLM_LANE_CODE LogSum operator()(const LogSum& a, const LogSum& b) const {
    const bool first = a.highest >= b.highest;
    const LogSum &high = first ? a : b, &low = first ? b : a;
    if (low.sum == 0) return high;  // and no infinity is taken from another
    return {high.highest, high.sum + low.sum * exponential(low.highest - high.highest)};
  }
};

/// Of all lanes together, for every one.
template <class Block, class Logit>
RMTLM_LANE_CODE LogSum log_sum(Block& block, const Logit* logits, int64_t vocabulary) {
  LogSum mine{-3.402823466e38f, 0.0f};
  for (int64_t i = block.lane(); i < vocabulary; i += block.lanes())
    mine = JoinLogSums{}(mine, LogSum{wide(logits[i]), 1.0f});
  return reduce(block, mine, JoinLogSums{});
}

/// logits [vocabulary]; `out` gets -log softmax(logits)[target]. A logit that is no number makes the loss none.
template <class Block>
RMTLM_LANE_CODE void nll_row(Block& block, const float* logits, int64_t vocabulary, int64_t target, float* out) {
  const LogSum all = log_sum(block, logits, vocabulary);
  if (block.lane() == 0) *out = logarithm(all.sum) + (all.highest - logits[target]);
}

/// The same, and the logits become the gradient of `scale` times the loss with respect to them. With a negative target
/// loss and gradient are 0.
template <class Block, class Logit>
RMTLM_LANE_CODE void softmax_gradient_row(Block& block, Logit* logits, int64_t vocabulary, int64_t target, float scale,
                                          float* out) {
  if (target < 0) {
    if (block.lane() == 0) *out = 0;
    for (int64_t i = block.lane(); i < vocabulary; i += block.lanes()) narrow(0.0f, logits[i]);
    return;
  }
  const LogSum all = log_sum(block, logits, vocabulary);
  if (block.lane() == 0) *out = logarithm(all.sum) + (all.highest - wide(logits[target]));
  block.wait();  // before the target's logit is written over
  const float share = scale / all.sum;
  for (int64_t i = block.lane(); i < vocabulary; i += block.lanes()) {
    const float gradient = exponential(wide(logits[i]) - all.highest) * share;
    narrow(i == target ? gradient - scale : gradient, logits[i]);
  }
}

}  // namespace rmt::model::cuda
