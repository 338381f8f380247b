// Elementary functions on vectors. Errors measured against double over the ranges the model uses are
// in tests/model/kernels/functions_test.cpp.
#pragma once

#include "model/kernels/simd_portable.h"

namespace rmt::model::kernels {

/// e^x within 2 ulp for x <= 0; 0 from about -104 on.
template <class S>
[[gnu::always_inline]] inline typename S::Floats exponential_below_one(typename S::Floats x) {
  using F = typename S::Floats;
  x = S::max(S::set(-104.0f), x);
  // x = n ln 2 + r with |r| <= ln(2) / 2; ln 2 in two parts keeps r exact.
  const F n = S::round(x * S::set(1.44269504f));
  const F r = S::fma(n, S::set(2.12194440e-4f), S::fma(n, S::set(-0.693359375f), x));
  F p = S::fma(S::set(1.9875691500e-4f), r, S::set(1.3981999507e-3f));
  p = S::fma(p, r, S::set(8.3334519073e-3f));
  p = S::fma(p, r, S::set(4.1665795894e-2f));
  p = S::fma(p, r, S::set(1.6666665459e-1f));
  p = S::fma(p, r, S::set(5.0000001201e-1f));
  return S::times_power_of_two(S::fma(p, r * r, r + S::set(1.0f)), n);
}

/// e^x within 2 ulp; infinity from 88.73 on.
template <class S>
[[gnu::always_inline]] inline typename S::Floats exponential(typename S::Floats x) {
  return exponential_below_one<S>(S::min(S::set(89.0f), x));
}

/// 1 / (1 + e^-x), down to e^-80.
template <class S>
[[gnu::always_inline]] inline typename S::Floats sigmoid(typename S::Floats x) {
  const auto opposite = S::min(S::set(80.0f), S::set(0.0f) - x);
  return S::reciprocal(S::set(1.0f) + exponential<S>(opposite));
}

/// x sigmoid(x)
template <class S>
[[gnu::always_inline]] inline typename S::Floats silu(typename S::Floats x) {
  return x * sigmoid<S>(x);
}

/// x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), written as x sigmoid(2 u): no cancellation in the tail.
template <class S>
[[gnu::always_inline]] inline typename S::Floats gelu_tanh(typename S::Floats x) {
  const auto u = x * S::fma(x * x, S::set(2.0f * 0.79788456f * 0.044715f), S::set(2.0f * 0.79788456f));
  return x * sigmoid<S>(u);
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
