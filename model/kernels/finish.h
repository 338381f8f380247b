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

/// What a vector of a row's sums stands for, but for the scales of its columns.
template <class S>
struct FloatSums {
  static constexpr bool kScaled = false;
  static constexpr int64_t kRowsPerOutput = 1;
  static typename S::Floats read(const char* sums, int64_t) { return S::load(reinterpret_cast<const float*>(sums)); }
};

template <class S>
struct ByteSums {
  static constexpr bool kScaled = true;
  static constexpr int64_t kRowsPerOutput = 1;
  static typename S::Floats read(const char* sums, int64_t) { return S::to_floats(S::load_words(sums)); }
};

template <class S>
struct HalvesSums {
  static constexpr bool kScaled = true;
  static constexpr int64_t kRowsPerOutput = 2;
  static typename S::Floats read(const char* sums, int64_t stride) {
    const auto high = S::to_floats(S::load_words(sums)), low = S::to_floats(S::load_words(sums + stride));
    return S::fma(high, S::set(256.0f), low);
  }
};

/// One vector of a panel's columns, for all rows.
template <class S, class Sums, Activation kActivation, class Out>
struct FinishedColumns {
  FinishedColumns(const FinishTile& tile, int64_t column) {
    const int64_t left = tile.columns - column;
    count = left < 0 ? 0 : left < S::kLanes ? left : S::kLanes;
    if (count == 0) return;
    if (tile.bias) bias = S::load(tile.bias + column, count);
    if constexpr (Sums::kScaled) scales = S::load(tile.column_scales + column, count);
  }

  [[gnu::always_inline]] void store(const char* sums, int64_t stride, typename S::Floats row_scale, Out* out) const {
    auto x = Sums::read(sums, stride);
    if constexpr (Sums::kScaled) {
      x = S::fma(x, scales * row_scale, bias);
    } else {
      x = x + bias;
    }
    x = activated<S, kActivation>(x);
    if (count == S::kLanes) return S::store(out, x);
    if (count > 0) S::store(out, x, count);
  }

  int64_t count;
  typename S::Floats bias = S::set(0.0f), scales = S::set(1.0f);
};

template <class S, class Sums, Activation kActivation, class Out>
void finish_as(const FinishTile& tile) {
  const FinishedColumns<S, Sums, kActivation, Out> left(tile, 0), right(tile, S::kLanes);
  const int64_t stride = 4 * tile.sum_stride;
  const auto* sums = static_cast<const char*>(tile.sums);
  auto* out = static_cast<Out*>(tile.out);
  for (int64_t row = 0; row < tile.rows; ++row) {
    auto row_scale = S::set(1.0f);
    if constexpr (Sums::kScaled) row_scale = S::set(tile.row_scales[row]);
    left.store(sums, stride, row_scale, out);
    right.store(sums + 4 * S::kLanes, stride, row_scale, out + S::kLanes);
    sums += stride * Sums::kRowsPerOutput;
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
