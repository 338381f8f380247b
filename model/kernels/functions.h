// Elementary functions on vectors. Errors measured against double over the ranges the model uses are
// in tests/model/kernels/functions_test.cpp.
#pragma once

#include "model/kernels/simd_portable.h"

namespace rmt::model::kernels {

inline constexpr float kLog2OfE = 1.44269504f;

/// 2^x, exactly 1 for 0; 0 from about -150 on, infinity from 128 on. x = n + r with |r| <= 1/2, 2^r by a
/// minimax polynomial: within 2e-7 of the result, or within 3e-6 where bf16 is what becomes of it.
template <class S, bool kForBFloat16 = false>
[[gnu::always_inline]] inline typename S::Floats power_of_two(typename S::Floats x) {
  x = S::max(S::set(-150.0f), x);
  const auto n = S::round(x), r = x - n;
  if constexpr (kForBFloat16) {
    auto p = S::fma(S::set(9.57010191e-3f), r, S::set(5.59178603e-2f));
    p = S::fma(p, r, S::set(2.40247448e-1f));
    p = S::fma(p, r, S::set(6.93121815e-1f));
    return S::times_power_of_two(S::fma(p, r, S::set(1.0f)), n);
  } else {
    auto p = S::fma(S::set(1.3276472e-3f), r, S::set(9.67554133e-3f));
    p = S::fma(p, r, S::set(5.55071327e-2f));
    p = S::fma(p, r, S::set(2.40221197e-1f));
    p = S::fma(p, r, S::set(6.93146967e-1f));
    return S::times_power_of_two(S::fma(p, r, S::set(1.0f)), n);
  }
}

/// 1 / (1 + 2^-x), down to 2^-110.
template <class S>
[[gnu::always_inline]] inline typename S::Floats sigmoid_of_two(typename S::Floats x) {
  return S::reciprocal(S::set(1.0f) + power_of_two<S>(S::min(S::set(110.0f), S::set(0.0f) - x)));
}

/// x / (1 + e^-x)
template <class S>
[[gnu::always_inline]] inline typename S::Floats silu(typename S::Floats x) {
  return x * sigmoid_of_two<S>(x * S::set(kLog2OfE));
}

/// x/2 (1 + tanh(u)) with u = sqrt(2/pi) (x + 0.044715 x^3), as x / (1 + e^-2u): no cancellation in the tail.
template <class S>
[[gnu::always_inline]] inline typename S::Floats gelu_tanh(typename S::Floats x) {
  constexpr float kLinear = 2.0f * 0.79788456f * kLog2OfE, kCubic = 0.044715f * kLinear;
  return x * sigmoid_of_two<S>(x * S::fma(x * x, S::set(kCubic), S::set(kLinear)));
}

/// The error function within 3e-7 absolute: a rational approximation on [-4, 4], +-1 outside.
template <class S>
[[gnu::always_inline]] inline typename S::Floats error_function(typename S::Floats x) {
  using F = typename S::Floats;
  x = S::min(S::set(4.0f), S::max(S::set(-4.0f), x));
  const F square = x * x;
  F p = S::fma(S::set(-2.72614225801306e-10f), square, S::set(2.77068142495902e-08f));
  p = S::fma(p, square, S::set(-2.10102402082508e-06f));
  p = S::fma(p, square, S::set(-5.69250639462346e-05f));
  p = S::fma(p, square, S::set(-7.34990630326855e-04f));
  p = S::fma(p, square, S::set(-2.95459980854025e-03f));
  p = S::fma(p, square, S::set(-1.60960333262415e-02f));
  F q = S::fma(S::set(-1.45660718464996e-05f), square, S::set(-2.13374055278905e-04f));
  q = S::fma(q, square, S::set(-1.68282697438203e-03f));
  q = S::fma(q, square, S::set(-7.37332916720468e-03f));
  q = S::fma(q, square, S::set(-1.42647390514189e-02f));
  return x * p / q;
}

/// x/2 (1 + erf(x / sqrt 2))
template <class S>
[[gnu::always_inline]] inline typename S::Floats gelu_erf(typename S::Floats x) {
  const auto half = x * S::set(0.5f);
  return S::fma(half, error_function<S>(x * S::set(0.70710678f)), half);
}

}  // namespace rmt::model::kernels
