// The gradient of a row's cross-entropy, made where its logits are.
#pragma once

#include "model/kernels/elementwise.h"
#include "model/kernels/log_sum_exp.h"

namespace rmt::model::kernels {

template <class S, class T>
RunningLanes<S> sum_exponentials(const T* x, int64_t count) {
  RunningLanes<S> lanes{S::set(-3.0e38f), S::set(0.0f)};
  int64_t i = 0;
  for (; i + 2 * S::kLanes <= count; i += 2 * S::kLanes) lanes.add(S::load(x + i), S::load(x + i + S::kLanes));
  for (; i + S::kLanes <= count; i += S::kLanes) lanes.add(S::load(x + i));
  if (i < count) {
    float last[S::kLanes];
    S::store(last, S::load(x + i, count - i));
    lanes.add(last_logits<S>(last, count - i));
  }
  return lanes;
}

/// See Kernels::softmax_gradient.
template <class S, class T>
double softmax_gradient_of(T* x, int64_t count, int64_t target, float scale) {
  float wanted;
  S::store(&wanted, S::load(x + target, 1), 1);
  LogSumExpState state;
  const auto lanes = sum_exponentials<S>(x, count);
  S::store(state.highest, lanes.highest);
  S::store(state.sum, lanes.sum);
  const LogSumExp total = log_sum_exp<S>(state);
  const double log_sum = __builtin_log(total.sum) + total.highest;

  const auto below = S::set(static_cast<float>(log_sum)), factor = S::set(scale), exponent = S::set(kLog2OfE);
  map<S>(x, x, count, [&](auto v) { return factor * power_of_two<S, sizeof(T) == 2>((v - below) * exponent); });
  float probability;
  S::store(&probability, S::load(x + target, 1), 1);
  S::store(x + target, S::set(probability - scale), 1);
  return log_sum - wanted;
}

template <class S>
double softmax_gradient(Element element, void* row, int64_t count, int64_t target, float scale) {
  if (element == Element::bf16) return softmax_gradient_of<S>(static_cast<BFloat16*>(row), count, target, scale);
  return softmax_gradient_of<S>(static_cast<float*>(row), count, target, scale);
}

}  // namespace rmt::model::kernels
