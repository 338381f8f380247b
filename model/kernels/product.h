// The matrix product of the vector instruction sets: a block of rows by one panel, every sum kept in a
// register from the first input to the last. The order of additions is that of the inputs.
#pragma once

#include <cstring>

#include "model/kernels/kernels.h"
#include "model/kernels/unroll.h"

namespace rmt::model::kernels {

/// fp32 by fp32.
template <class S>
struct FloatDot {
  using Sums = typename S::Floats;
  using Weights = typename S::Floats;
  using Input = typename S::Floats;
  static constexpr int kRows = S::kProductRows;
  static constexpr int64_t kInputBytes = 4;
  static Weights weights(const char* word) { return S::load(reinterpret_cast<const float*>(word)); }
  static Input input(const char* at) { return S::set(*reinterpret_cast<const float*>(at)); }
  static Sums add(Sums sums, Input x, Weights w) { return S::fma(x, w, sums); }
  static Sums load(const char* at) { return S::load(reinterpret_cast<const float*>(at)); }
  static void store(char* at, Sums sums) { S::store(reinterpret_cast<float*>(at), sums); }
  static Sums zero() { return S::set(0.0f); }
};

/// fp32 by bf16, widened on the way.
template <class S>
struct WideningDot : FloatDot<S> {
  using Sums = typename S::Floats;
  struct Weights {
    typename S::Floats even, odd;
  };
  using Input = Weights;
  static constexpr int kRows = S::kWideProductRows;
  static constexpr int64_t kInputBytes = 8;
  static Weights weights(const char* word) {
    const auto pairs = S::load_words(word);
    return {S::even(pairs), S::odd(pairs)};
  }
  static Input input(const char* at) {
    const auto* x = reinterpret_cast<const float*>(at);
    return {S::set(x[0]), S::set(x[1])};
  }
  static Sums add(Sums sums, Input x, Weights w) { return S::fma(x.odd, w.odd, S::fma(x.even, w.even, sums)); }
};

/// bf16 by bf16.
template <class S>
struct BFloat16Dot : FloatDot<S> {
  using Sums = typename S::Floats;
  using Weights = typename S::Words;
  using Input = typename S::Words;
  static Weights weights(const char* word) { return S::load_words(word); }
  static Input input(const char* at) {
    int32_t pair;
    std::memcpy(&pair, at, sizeof pair);
    return S::words(pair);
  }
  static Sums add(Sums sums, Input x, Weights w) { return S::dot_bf16(sums, x, w); }
};

/// Unsigned by signed bytes.
template <class S>
struct ByteDot {
  using Sums = typename S::Words;
  using Weights = typename S::Words;
  using Input = typename S::Words;
  static constexpr int kRows = S::kProductRows;
  static constexpr int64_t kInputBytes = 4;
  static Weights weights(const char* word) { return S::load_words(word); }
  static Input input(const char* at) { return BFloat16Dot<S>::input(at); }
  static Sums add(Sums sums, Input x, Weights w) { return S::dot_bytes(sums, x, w); }
  static Sums load(const char* at) { return S::load_words(at); }
  static void store(char* at, Sums sums) { S::store_words(at, sums); }
  static Sums zero() { return S::words(0); }
};

/// One step of `kRows` rows: a word of every weight column in two vectors.
template <class S, class Dot, int kRows>
[[gnu::always_inline]] inline void product_step(const char* inputs, int64_t stride, const char* panel,
                                                typename Dot::Sums (&sums)[kRows][2]) {
  const auto left = Dot::weights(panel), right = Dot::weights(panel + 4 * S::kLanes);
  unroll<kRows>([&](auto r) __attribute__((always_inline)) {
    const auto x = Dot::input(inputs + r * stride);
    sums[r][0] = Dot::add(sums[r][0], x, left);
    sums[r][1] = Dot::add(sums[r][1], x, right);
  });
}

/// What the rows of one call share. `first` is where the sums start: null for zeros, a row to repeat
/// (stride 0) or sums to add to.
struct ProductStrides {
  int64_t input, first, out;
};

/// `ahead` is memory to be read soon: a cache line of it is brought closer in every step.
template <class S, class Dot, int kRows>
void product_rows(const char* inputs, const char* panel, int64_t words, const char* first, char* out,
                  const ProductStrides& stride, const char* ahead) {
  constexpr int64_t kWordBytes = 8 * S::kLanes, kUnroll = 4, kLineBytes = 64;
  typename Dot::Sums sums[kRows][2];
  unroll<kRows>([&](auto r) __attribute__((always_inline)) {
    sums[r][0] = first ? Dot::load(first + r * stride.first) : Dot::zero();
    sums[r][1] = first ? Dot::load(first + r * stride.first + 4 * S::kLanes) : Dot::zero();
  });
  const int64_t input_stride = stride.input;
  int64_t word = 0;
  for (; word + kUnroll <= words; word += kUnroll) {
    __builtin_prefetch(ahead, 0, 2);
    ahead += kLineBytes;
    unroll<kUnroll>([&](auto k) __attribute__((always_inline)) {
      product_step<S, Dot, kRows>(inputs + k * Dot::kInputBytes, input_stride, panel + k * kWordBytes, sums);
    });
    inputs += kUnroll * Dot::kInputBytes;
    panel += kUnroll * kWordBytes;
  }
  for (; word < words; ++word) {
    product_step<S, Dot, kRows>(inputs, input_stride, panel, sums);
    inputs += Dot::kInputBytes;
    panel += kWordBytes;
  }
  unroll<kRows>([&](auto r) __attribute__((always_inline)) {
    Dot::store(out + r * stride.out, sums[r][0]);
    Dot::store(out + r * stride.out + 4 * S::kLanes, sums[r][1]);
  });
}

/// The last rows, fewer than Dot::kRows: the instance for exactly that many.
template <class S, class Dot, int kRows = Dot::kRows - 1, class... Arguments>
void product_remainder(int64_t rows, const Arguments&... arguments) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return product_rows<S, Dot, kRows>(arguments...);
    product_remainder<S, Dot, kRows - 1>(rows, arguments...);
  }
}

template <class S, class Dot, bool kOffsets = false>
void multiply(const ProductTile& tile) {
  const auto* inputs = static_cast<const char*>(tile.inputs);
  const auto* panel = static_cast<const char*>(tile.panel);
  auto* out = static_cast<char*>(tile.sums);
  ProductStrides stride{tile.input_stride, 4 * tile.sum_stride, 4 * tile.sum_stride};
  const char* first = tile.accumulate ? out : nullptr;
  if constexpr (kOffsets) {
    first = panel;
    stride.first = 0;
    panel += 8 * S::kLanes;
  }
  const char* ahead = static_cast<const char*>(tile.next_panel ? tile.next_panel : tile.panel);
  const char* ahead_end = ahead + tile.words * 8 * S::kLanes;
  int64_t row = 0;
  for (; row + Dot::kRows <= tile.rows; row += Dot::kRows) {
    product_rows<S, Dot, Dot::kRows>(inputs + row * stride.input, panel, tile.words,
                                     first ? first + row * stride.first : nullptr, out + row * stride.out, stride,
                                     ahead);
    ahead += tile.words * 16;
    if (ahead >= ahead_end) ahead = static_cast<const char*>(tile.panel);
  }
  product_remainder<S, Dot>(tile.rows - row, inputs + row * stride.input, panel, tile.words,
                            first ? first + row * stride.first : nullptr, out + row * stride.out, stride, ahead);
}

}  // namespace rmt::model::kernels
