// Activations, rotation and conversion: every value, or pair of values, by itself.
#pragma once

#include "model/kernels/finish.h"

namespace rmt::model::kernels {

/// out[i] = function(x[i]); x and out may be the same.
template <class S, class From, class To, class Function>
[[gnu::always_inline]] inline void map(const From* x, To* out, int64_t count, Function&& function) {
  int64_t i = 0;
  for (; i + S::kLanes <= count; i += S::kLanes) S::store(out + i, function(S::load(x + i)));
  if (i < count) S::store(out + i, function(S::load(x + i, count - i)), count - i);
}

template <class S, class T>
void activate_as(Activation activation, T* x, int64_t count) {
  if (activation == Activation::gelu_tanh) map<S>(x, x, count, [](auto v) { return gelu_tanh<S>(v); });
  if (activation == Activation::gelu_erf) map<S>(x, x, count, [](auto v) { return gelu_erf<S>(v); });
}

/// See Kernels::activate.
template <class S>
void activate(Activation activation, Element element, void* x, int64_t count) {
  if (element == Element::bf16) return activate_as<S>(activation, static_cast<BFloat16*>(x), count);
  activate_as<S>(activation, static_cast<float*>(x), count);
}

template <class S, class T>
void swiglu_as(const T* gate_up, T* out, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; ++row, gate_up += 2 * width, out += width) {
    const T *gate = gate_up, *up = gate_up + width;
    int64_t i = 0;
    for (; i + S::kLanes <= width; i += S::kLanes) S::store(out + i, silu<S>(S::load(gate + i)) * S::load(up + i));
    const int64_t left = width - i;
    if (left > 0) S::store(out + i, silu<S>(S::load(gate + i, left)) * S::load(up + i, left), left);
  }
}

/// See Kernels::swiglu.
template <class S>
void swiglu(Element element, const void* gate_up, void* out, int64_t rows, int64_t width) {
  if (element == Element::bf16)
    return swiglu_as<S>(static_cast<const BFloat16*>(gate_up), static_cast<BFloat16*>(out), rows, width);
  swiglu_as<S>(static_cast<const float*>(gate_up), static_cast<float*>(out), rows, width);
}

template <class S, class T>
void swiglu_gradient_of(const T* gate_up, const T* by_out, T* by_gate_up, int64_t rows, int64_t width) {
  const auto one = S::set(1.0f);
  for (int64_t row = 0; row < rows; ++row, gate_up += 2 * width, by_gate_up += 2 * width, by_out += width)
    for (int64_t i = 0; i < width; i += S::kLanes) {
      const int64_t count = width - i < S::kLanes ? width - i : S::kLanes;
      const auto gate = S::load(gate_up + i, count), up = S::load(gate_up + width + i, count);
      const auto by = S::load(by_out + i, count);
      const auto sigmoid = sigmoid_of_two<S>(gate * S::set(kLog2OfE));
      const auto slope = sigmoid * S::fma(gate, one - sigmoid, one);  // of silu
      S::store(by_gate_up + i, by * up * slope, count);
      S::store(by_gate_up + width + i, by * gate * sigmoid, count);
    }
}

/// See Kernels::swiglu_gradient.
template <class S>
void swiglu_gradient(Element element, const void* gate_up, const void* by_out, void* by_gate_up, int64_t rows,
                     int64_t width) {
  if (element == Element::bf16)
    return swiglu_gradient_of<S>(static_cast<const BFloat16*>(gate_up), static_cast<const BFloat16*>(by_out),
                                 static_cast<BFloat16*>(by_gate_up), rows, width);
  swiglu_gradient_of<S>(static_cast<const float*>(gate_up), static_cast<const float*>(by_out),
                        static_cast<float*>(by_gate_up), rows, width);
}

template <class S, class T>
void rotate_as(T* x, int64_t head_stride, int64_t heads, int64_t head_size, const float* cosine, const float* sine) {
  const int64_t half = head_size / 2;
  for (int64_t head = 0; head < heads; ++head, x += head_stride) {
    for (int64_t i = 0; i < half; i += S::kLanes) {
      const int64_t count = half - i < S::kLanes ? half - i : S::kLanes;
      const auto c = S::load(cosine + i, count), s = S::load(sine + i, count);
      const auto low = S::load(x + i, count), high = S::load(x + half + i, count);
      S::store(x + i, S::fma(low, c, S::set(0.0f) - high * s), count);
      S::store(x + half + i, S::fma(high, c, low * s), count);
    }
  }
}

/// See Kernels::rotate.
template <class S>
void rotate(Element element, void* x, int64_t head_stride, int64_t heads, int64_t head_size, const float* cosine,
            const float* sine) {
  if (element == Element::bf16)
    return rotate_as<S>(static_cast<BFloat16*>(x), head_stride, heads, head_size, cosine, sine);
  rotate_as<S>(static_cast<float*>(x), head_stride, heads, head_size, cosine, sine);
}

template <class S, class From>
void convert_from(const From* x, Element to, void* out, int64_t count) {
  const auto same = [](auto v) { return v; };
  if (to == Element::bf16) return map<S>(x, static_cast<BFloat16*>(out), count, same);
  map<S>(x, static_cast<float*>(out), count, same);
}

/// See Kernels::convert.
template <class S>
void convert(Element from, const void* x, Element to, void* out, int64_t count) {
  if (from == Element::bf16) return convert_from<S>(static_cast<const BFloat16*>(x), to, out, count);
  convert_from<S>(static_cast<const float*>(x), to, out, count);
}

}  // namespace rmt::model::kernels
