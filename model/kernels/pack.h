// Weights, keys and values into panels.
#pragma once

#include "model/kernels/kernels.h"

namespace rmt::model::kernels {

/// Outputs per panel: two vectors, so that a word of inputs meets two words of weights.
template <class S>
constexpr int64_t kPanelColumns = 2 * S::kLanes;

constexpr int64_t rounded_up(int64_t n, int64_t step) {
  return (n + step - 1) / step * step;
}

/// See Kernels::pack_panel.
template <class S>
void pack_panel(const void* rows, int64_t stride, int64_t count, int64_t words, int64_t padded_words, void* panel) {
  constexpr int64_t kLanes = S::kLanes, kColumns = kPanelColumns<S>;
  const auto* source = static_cast<const int32_t*>(rows);
  auto* target = static_cast<int32_t*>(panel);
  for (int64_t column = 0; column < kColumns; column += kLanes) {
    int64_t word = 0;
    if (column + kLanes <= count) {
      for (; word + kLanes <= words; word += kLanes)
        S::transpose(source + column * stride + word, stride, target + word * kColumns + column, kColumns);
    }
    for (; word < padded_words; ++word)
      for (int64_t c = column; c < column + kLanes; ++c)
        target[word * kColumns + c] = c < count && word < words ? source[c * stride + word] : 0;
  }
}

}  // namespace rmt::model::kernels
