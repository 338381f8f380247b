// From the sums of a product to outputs: scale, bias, activation, conversion, in one pass over a tile
// that is still in the first cache.
#pragma once

#include "model/kernels/functions.h"
#include "model/kernels/kernels.h"

namespace rmt::model::kernels {

template <class S, Activation kActivation>
[[gnu::always_inline]] inline typename S::Floats activated(typename S::Floats x) {
  if constexpr (kActivation == Activation::gelu_tanh) return gelu_tanh<S>(x);
  if constexpr (kActivation == Activation::gelu_erf) return gelu_erf<S>(x);
  return x;
}

/// What a row of sums stands for, one vector of columns at a time.
template <class S>
struct FloatSums {
  static constexpr int64_t kRowsPerOutput = 1;
  static typename S::Floats read(const FinishTile&, const char* sums, int64_t, int64_t column, int64_t) {
    return S::load(reinterpret_cast<const float*>(sums) + column);
  }
};

template <class S>
struct ByteSums {
  static constexpr int64_t kRowsPerOutput = 1;
  static typename S::Floats read(const FinishTile& tile, const char* sums, int64_t row, int64_t column, int64_t count) {
    const auto scale = S::load(tile.column_scales + column, count) * S::set(tile.row_scales[row]);
    return S::to_floats(S::load_words(sums + 4 * column)) * scale;
  }
};

template <class S>
struct HalvesSums {
  static constexpr int64_t kRowsPerOutput = 2;
  static typename S::Floats read(const FinishTile& tile, const char* sums, int64_t row, int64_t column, int64_t count) {
    const auto scale = S::load(tile.column_scales + column, count) * S::set(tile.row_scales[row]);
    const auto high = S::to_floats(S::load_words(sums + 4 * column));
    const auto low = S::to_floats(S::load_words(sums + 4 * (tile.sum_stride + column)));
    return S::fma(high, S::set(256.0f), low) * scale;
  }
};

template <class S, class Sums, Activation kActivation, class Out>
void finish_as(const FinishTile& tile) {
  const auto* sums = static_cast<const char*>(tile.sums);
  auto* out = static_cast<Out*>(tile.out);
  for (int64_t row = 0; row < tile.rows; ++row) {
    for (int64_t column = 0; column < tile.columns; column += S::kLanes) {
      const int64_t left = tile.columns - column, count = left < S::kLanes ? left : S::kLanes;
      auto x = Sums::read(tile, sums, row, column, count);
      if (tile.bias) x = x + S::load(tile.bias + column, count);
      x = activated<S, kActivation>(x);
      if (count == S::kLanes) {
        S::store(out + column, x);
      } else {
        S::store(out + column, x, count);
      }
    }
    sums += 4 * tile.sum_stride * Sums::kRowsPerOutput;
    out += tile.out_stride;
  }
}

template <class S, class Sums, Activation kActivation>
void finish_with(const FinishTile& tile) {
  if (tile.out_element == Element::bf16) return finish_as<S, Sums, kActivation, BFloat16>(tile);
  finish_as<S, Sums, kActivation, float>(tile);
}

/// See Kernels::finish_floats, finish_bytes, finish_halves.
template <class S, class Sums>
void finish(const FinishTile& tile) {
  switch (tile.activation) {
    case Activation::none: return finish_with<S, Sums, Activation::none>(tile);
    case Activation::gelu_tanh: return finish_with<S, Sums, Activation::gelu_tanh>(tile);
    case Activation::gelu_erf: return finish_with<S, Sums, Activation::gelu_erf>(tile);
  }
}

}  // namespace rmt::model::kernels
