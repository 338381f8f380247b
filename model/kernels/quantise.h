// Rows of activations into bytes, symmetric, one scale a row.
#pragma once

#include "model/kernels/kernels.h"
#include "model/kernels/simd_portable.h"

namespace rmt::model::kernels {

/// The highest |x| of a row; NaN when the row holds a NaN or an infinity, so that the scale carries it on.
template <class S>
float highest_magnitude(const float* x, int64_t width) {
  auto highest = S::set(0.0f), poison = S::set(0.0f);
  for (int64_t i = 0; i < width; i += S::kLanes) {
    const auto v = i + S::kLanes <= width ? S::load(x + i) : S::load(x + i, width - i);
    highest = S::max(highest, S::absolute(v));
    poison = S::fma(v, S::set(0.0f), poison);
  }
  return S::highest(highest) + S::sum(poison);
}

/// Bytes of one vector; of a last, partial one only those that belong to the row.
template <class S>
void store_row_bytes(uint8_t* bytes, int64_t i, int64_t width, typename S::Floats x) {
  if (i + S::kLanes <= width) return S::store_bytes(bytes + i, x);
  uint8_t last[S::kLanes];
  S::store_bytes(last, x);
  for (int64_t j = i; j < width; ++j) bytes[j] = last[j - i];
}

/// See Kernels::quantise_row.
template <class S>
float quantise_row(const float* x, int64_t width, int offset, uint8_t* bytes) {
  constexpr float kLargest = 127.0f;
  const float highest = highest_magnitude<S>(x, width);
  const float factor = highest > 0 ? kLargest / highest : 0.0f;
  const auto shift = S::set(static_cast<float>(offset));
  for (int64_t i = 0; i < width; i += S::kLanes) {
    const auto v = i + S::kLanes <= width ? S::load(x + i) : S::load(x + i, width - i);
    store_row_bytes<S>(bytes, i, width, S::round(v * S::set(factor)) + shift);
  }
  return highest / kLargest;
}

/// See Kernels::quantise_row_halves. The low half is in [-128, 127], so the largest value is 127.498 * 256.
template <class S>
float quantise_row_halves(const float* x, int64_t width, int offset, uint8_t* high, uint8_t* low) {
  constexpr float kLargest = 127.0f * 256.0f + 127.0f;
  const float highest = highest_magnitude<S>(x, width);
  const float factor = highest > 0 ? kLargest / highest : 0.0f;
  const auto shift = S::set(static_cast<float>(offset));
  for (int64_t i = 0; i < width; i += S::kLanes) {
    const auto v = i + S::kLanes <= width ? S::load(x + i) : S::load(x + i, width - i);
    const auto q = S::round(v * S::set(factor));
    const auto upper = S::floor(S::fma(q, S::set(1.0f / 256.0f), S::set(0.5f)));
    store_row_bytes<S>(high, i, width, upper + shift);
    store_row_bytes<S>(low, i, width, S::fma(upper, S::set(-256.0f), q) + shift);
  }
  return highest / kLargest;
}

}  // namespace rmt::model::kernels
