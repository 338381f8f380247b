// Layer norm and RMS norm of rows, with the residual addition before them. Three passes over a row that
// stays in the first cache: add and sum, squares of the deviations, output.
#pragma once

#include <cmath>

#include "model/kernels/kernels.h"
#include "model/kernels/simd_portable.h"

namespace rmt::model::kernels {

/// sum of value(i, load) over the row: four running vectors, then the values past the last full vector.
template <class S, class Vector, class Scalar>
[[gnu::always_inline]] inline float row_sum(int64_t width, Vector&& vector, Scalar&& scalar) {
  constexpr int64_t kStep = 4 * S::kLanes;
  typename S::Floats sums[4] = {S::set(0.0f), S::set(0.0f), S::set(0.0f), S::set(0.0f)};
  int64_t i = 0;
  for (; i + kStep <= width; i += kStep) {
    sums[0] = sums[0] + vector(i);
    sums[1] = sums[1] + vector(i + S::kLanes);
    sums[2] = sums[2] + vector(i + 2 * S::kLanes);
    sums[3] = sums[3] + vector(i + 3 * S::kLanes);
  }
  for (; i + S::kLanes <= width; i += S::kLanes) sums[0] = sums[0] + vector(i);
  float total = S::sum((sums[0] + sums[1]) + (sums[2] + sums[3]));
  for (; i < width; ++i) total += scalar(i);
  return total;
}

template <class S, class Delta>
[[gnu::always_inline]] inline void add_row(const float* x, const Delta* delta, float* sum, int64_t width) {
  int64_t i = 0;
  for (; i + S::kLanes <= width; i += S::kLanes) S::store(sum + i, S::load(x + i) + S::load(delta + i));
  if (i < width) S::store(sum + i, S::load(x + i, width - i) + S::load(delta + i, width - i), width - i);
}

template <class S, class Out, bool kCentered>
void normalize_row(const NormRows& rows, const float* x, Out* out) {
  const int64_t width = rows.width;
  const auto inverse = 1.0f / static_cast<float>(width);
  float mean = 0;
  if constexpr (kCentered)
    mean = inverse * row_sum<S>(
                         width, [&](int64_t i) { return S::load(x + i); }, [&](int64_t i) { return x[i]; });
  const auto center = S::set(mean);
  const float squares = row_sum<S>(
      width, [&](int64_t i) { return (S::load(x + i) - center) * (S::load(x + i) - center); },
      [&](int64_t i) { return (x[i] - mean) * (x[i] - mean); });
  const auto factor = S::set(1.0f / std::sqrt(squares * inverse + rows.eps));
  const auto value = [&](auto row, auto weight, auto bias) {
    const auto scaled = (row - center) * factor;
    return kCentered ? S::fma(scaled, weight, bias) : scaled * weight;
  };
  int64_t i = 0;
  for (; i + S::kLanes <= width; i += S::kLanes) {
    const auto bias = kCentered ? S::load(rows.bias + i) : center;
    S::store(out + i, value(S::load(x + i), S::load(rows.weight + i), bias));
  }
  if (i < width) {
    const int64_t count = width - i;
    const auto bias = kCentered ? S::load(rows.bias + i, count) : center;
    S::store(out + i, value(S::load(x + i, count), S::load(rows.weight + i, count), bias), count);
  }
}

template <class S, class Out>
void normalize_into(const NormRows& rows) {
  for (int64_t r = 0; r < rows.rows; ++r) {
    const int64_t at = r * rows.width;
    const float* x = rows.x + at;
    if (rows.delta) {
      if (rows.delta_element == Element::bf16) {
        add_row<S>(x, static_cast<const BFloat16*>(rows.delta) + at, rows.sum + at, rows.width);
      } else {
        add_row<S>(x, static_cast<const float*>(rows.delta) + at, rows.sum + at, rows.width);
      }
      x = rows.sum + at;
    }
    auto* out = static_cast<Out*>(rows.out) + at;
    if (rows.bias) {
      normalize_row<S, Out, true>(rows, x, out);
    } else {
      normalize_row<S, Out, false>(rows, x, out);
    }
  }
}

/// See Kernels::normalize.
template <class S>
void normalize(const NormRows& rows) {
  if (rows.out_element == Element::bf16) return normalize_into<S, BFloat16>(rows);
  normalize_into<S, float>(rows);
}

}  // namespace rmt::model::kernels
