// The softmax of attention and its gradient, row by row, between the products of a backward pass.
#pragma once

#include "model/kernels/functions.h"
#include "model/kernels/norm_gradient.h"

namespace rmt::model::kernels {

/// scores -> probabilities over the first `seen`, 0 behind them; by_probabilities -> gradient of the scores.
template <class S, class T>
void attention_gradient_row(T* scores, T* by, int64_t columns, int64_t seen, float scale) {
  auto highest = S::set(-3.0e38f);
  for (int64_t i = 0; i + S::kLanes <= seen; i += S::kLanes) highest = S::max(highest, S::load(scores + i));
  float top = S::highest(highest);
  for (int64_t i = seen / S::kLanes * S::kLanes; i < seen; ++i) {
    float score;
    S::store(&score, S::load(scores + i, 1), 1);
    top = top > score ? top : score;
  }

  const auto factor = S::set(scale * kLog2OfE), below = S::set(-top * scale * kLog2OfE);
  const auto weight = [&](auto score) { return power_of_two<S>(S::fma(score, factor, below)); };
  float sum = 0;
  auto sums = S::set(0.0f);
  int64_t i = 0;
  for (; i + S::kLanes <= seen; i += S::kLanes) sums = sums + weight(S::load(scores + i));
  sum = S::sum(sums);
  if (i < seen) {
    float last[S::kLanes];
    S::store(last, weight(S::load(scores + i, seen - i)));
    for (int64_t lane = 0; lane < seen - i; ++lane) sum += last[lane];
  }

  const auto share = S::set(1.0f / sum);
  auto inner = S::set(0.0f);  // sum of probability * its gradient
  for_each_vector<S>(seen, [&](int64_t at, int64_t count, auto load) {
    S::store(scores + at, weight(load(scores)) * share, count);
    inner = S::fma(load(scores), load(by), inner);  // read back: past the end a weight may be infinite
  });
  const auto mean = S::set(S::sum(inner)), steep = S::set(scale);
  for_each_vector<S>(seen, [&](int64_t at, int64_t count, auto load) {
    S::store(by + at, load(scores) * (load(by) - mean) * steep, count);
  });
  for (int64_t at = seen; at < columns; ++at) {
    S::store(scores + at, S::set(0.0f), 1);
    S::store(by + at, S::set(0.0f), 1);
  }
}

/// See Kernels::attention_gradient.
template <class S>
void attention_gradient(Element element, void* scores, void* by, int64_t columns, int64_t seen, float scale) {
  if (element == Element::bf16)
    return attention_gradient_row<S>(static_cast<BFloat16*>(scores), static_cast<BFloat16*>(by), columns, seen, scale);
  attention_gradient_row<S>(static_cast<float*>(scores), static_cast<float*>(by), columns, seen, scale);
}

}  // namespace rmt::model::kernels
