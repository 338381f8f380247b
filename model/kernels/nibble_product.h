// The matrix product with 4-bit weights in blocks of 32 inputs, each with a scale and a lowest value of its own:
// weight = scale * nibble + lowest. Inputs are 8-bit in the same blocks, so that an outlier coarsens its block only.
#pragma once

#include <cmath>

#include "model/kernels/pack.h"
#include "model/kernels/product.h"
#include "model/kernels/quantise.h"

namespace rmt::model::kernels {

/// A panel is one half after the other, each a vector of columns wide: block after block, first scale and lowest value
/// as a pair of bf16, then four words of nibbles. Byte j of word k holds input 4k + j in its low half and input
/// 16 + 4k + j in its high half. A block of a row of inputs is the scale, the scale times the sum of the bytes, and 32
/// bytes.
struct NibbleBlock {
  static constexpr int64_t kInputs = 32, kWords = 5, kInputBytes = 40;
};

/// Rows whose sums stay in registers beside a block of weights.
template <class S>
constexpr int kNibbleRows = S::kLanes == 16 ? 6 : 2;

/// The nibbles of a block as bytes, a vector of columns at a time.
template <class S>
[[gnu::always_inline]] inline void unpack_nibbles(const char* words, typename S::Words (&bytes)[8]) {
  unroll<4>([&](auto k) __attribute__((always_inline)) {
    const auto word = S::load_words(words + k * 4 * S::kLanes);
    bytes[k] = S::low_nibbles(word);
    bytes[k + 4] = S::high_nibbles(word);
  });
}

/// kRows rows by one half of a panel.
template <class S, int kRows>
void nibble_rows(const char* inputs, int64_t input_stride, const char* half, int64_t words, float* out,
                 int64_t out_stride) {
  using Floats = typename S::Floats;
  Floats sums[kRows];
  unroll<kRows>([&](auto r) __attribute__((always_inline)) { sums[r] = S::set(0.0f); });
  constexpr int64_t kBlockBytes = NibbleBlock::kWords * 4 * S::kLanes, kAhead = 1024, kLineBytes = 64;
  for (int64_t word = 0; word < words; word += NibbleBlock::kWords) {
    // Left to the processor, the next page of memory would be waited for.
    for (int64_t line = 0; line < kBlockBytes; line += kLineBytes) __builtin_prefetch(half + kAhead + line, 0, 3);
    const auto pairs = S::load_words(half);
    const Floats scale = S::even(pairs), lowest = S::odd(pairs);
    typename S::Words weights[8];
    unpack_nibbles<S>(half + 4 * S::kLanes, weights);
    unroll<kRows>([&](auto r) __attribute__((always_inline)) {
      const auto* x = inputs + r * input_stride;
      float factors[2];
      std::memcpy(factors, x, sizeof factors);
      auto products = S::words(0);
      unroll<8>([&](auto k) __attribute__((always_inline)) {
        int32_t four;
        std::memcpy(&four, x + sizeof factors + 4 * k, sizeof four);
        products = S::dot_bytes(products, weights[k], S::words(four));
      });
      sums[r] = S::fma(S::to_floats(products), scale * S::set(factors[0]), sums[r]);
      sums[r] = S::fma(lowest, S::set(factors[1]), sums[r]);
    });
    half += kBlockBytes;
    inputs += NibbleBlock::kInputBytes;
  }
  unroll<kRows>([&](auto r) __attribute__((always_inline)) { S::store(out + r * out_stride, sums[r]); });
}

/// The last rows, fewer than kRows + 1.
template <class S, int kRows, class... Arguments>
void nibble_remainder(int64_t rows, const Arguments&... arguments) {
  if constexpr (kRows > 0) {
    if (rows == kRows) return nibble_rows<S, kRows>(arguments...);
    nibble_remainder<S, kRows - 1>(rows, arguments...);
  }
}

/// See Product::multiply.
template <class S>
void multiply_nibbles(const ProductTile& tile) {
  constexpr int kRows = kNibbleRows<S>;
  for (int64_t column = 0; column < kPanelColumns<S>; column += S::kLanes)
    for (int64_t row = 0; row < tile.rows; row += kRows) {
      const int64_t rows = tile.rows - row < kRows ? tile.rows - row : kRows;
      nibble_remainder<S, kRows>(rows, static_cast<const char*>(tile.inputs) + row * tile.input_stride,
                                 tile.input_stride, static_cast<const char*>(tile.panel) + 4 * column * tile.words,
                                 tile.words, static_cast<float*>(tile.sums) + row * tile.sum_stride + column,
                                 tile.sum_stride);
    }
}

/// See Kernels::quantise_blocks.
template <class S>
void quantise_blocks(const float* x, int64_t width, void* memory) {
  constexpr int64_t kInputs = NibbleBlock::kInputs;
  auto* blocks = static_cast<char*>(memory);
  for (int64_t first = 0; first < width; first += kInputs, blocks += NibbleBlock::kInputBytes) {
    float padded[kInputs] = {};
    std::memcpy(padded, x + first,
                static_cast<size_t>(width - first < kInputs ? width - first : kInputs) * sizeof(float));
    uint8_t bytes[kInputs];
    const float scale = quantise_row<S>(padded, kInputs, 0, bytes);
    int32_t sum = 0;
    for (const uint8_t byte : bytes) sum += static_cast<int8_t>(byte);
    const float factors[2] = {scale, scale * static_cast<float>(sum)};
    std::memcpy(blocks, factors, sizeof factors);
    std::memcpy(blocks + sizeof factors, bytes, sizeof bytes);
  }
}

}  // namespace rmt::model::kernels
