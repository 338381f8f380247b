// The log-sum-exp of a row of logits that is never there as a whole: every lane keeps the highest value
// it has seen and the sum of its exponentials below it, and moves to a new highest value when it must.
#pragma once

#include "model/kernels/functions.h"
#include "model/kernels/kernels.h"

namespace rmt::model::kernels {

/// e^x for x <= 0
template <class S>
[[gnu::always_inline]] inline typename S::Floats exponential(typename S::Floats x) {
  return power_of_two<S>(x * S::set(kLog2OfE));
}

template <class S>
struct RunningLanes {
  typename S::Floats highest, sum;

  [[gnu::always_inline]] void add(typename S::Floats x) {
    raise(x);
    sum = sum + exponential<S>(x - highest);
  }
  [[gnu::always_inline]] void add(typename S::Floats x, typename S::Floats y) {
    raise(S::max(x, y));
    sum = sum + (exponential<S>(x - highest) + exponential<S>(y - highest));
  }

 private:
  // Rare after the first few of a row's logits.
  [[gnu::always_inline]] void raise(typename S::Floats x) {
    if (!S::any_greater(x, highest)) return;
    const auto above = S::max(highest, x);
    sum = sum * exponential<S>(highest - above);
    highest = above;
  }
};

/// The last logits of a row, fewer than a vector: the other lanes see nothing.
template <class S>
typename S::Floats last_logits(const float* logits, int64_t count) {
  float part[S::kLanes];
  for (int64_t i = 0; i < S::kLanes; ++i) part[i] = i < count ? logits[i] : -__builtin_inff();
  return S::load(part);
}

/// See Kernels::add_logits.
template <class S>
void add_logits(const float* logits, int64_t stride, int64_t rows, int64_t columns, LogSumExpState* states) {
  static_assert(S::kLanes <= LogSumExpState::kLanes);
  for (int64_t row = 0; row < rows; ++row, logits += stride) {
    RunningLanes<S> lanes{S::load(states[row].highest), S::load(states[row].sum)};
    int64_t i = 0;
    for (; i + 2 * S::kLanes <= columns; i += 2 * S::kLanes)
      lanes.add(S::load(logits + i), S::load(logits + i + S::kLanes));
    for (; i + S::kLanes <= columns; i += S::kLanes) lanes.add(S::load(logits + i));
    if (i < columns) lanes.add(last_logits<S>(logits + i, columns - i));
    S::store(states[row].highest, lanes.highest);
    S::store(states[row].sum, lanes.sum);
  }
}

/// See Kernels::log_sum_exp.
template <class S>
LogSumExp log_sum_exp(const LogSumExpState& state) {
  const auto lanes = S::load(state.highest);
  const float highest = S::highest(lanes);
  float terms[S::kLanes];
  S::store(terms, S::load(state.sum) * exponential<S>(lanes - S::set(highest)));
  LogSumExp total{highest, 0.0};
  for (const float term : terms) total.sum += term;
  return total;
}

}  // namespace rmt::model::kernels
