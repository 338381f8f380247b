// Products of a few rows inside run_together(): every thread takes panels until none is left, in memory that was
// there before. The numbers are those of ops::apply, bit for bit.
#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "model/ops/packed_weight.h"

namespace rmt::model::ops {

/// A matrix of a few rows in raw memory.
struct RowBlock {
  char* data = nullptr;
  int64_t stride = 0;  ///< bytes
  kernels::Element element = kernels::Element::fp32;
  char* row(int64_t index) const { return data + index * stride; }
};

class RowProducts {
 public:
  static constexpr int64_t kMostRows = 32;

  /// For up to `rows` rows (kMostRows at most), inputs of up to `widest` of `weights`, `products` products in turn.
  RowProducts(int64_t rows, const std::vector<const PackedWeight*>& weights, size_t products);

  /// Row `row` of the next product's inputs: x [in] as the weight reads it. Each row by one thread.
  void set_input(const PackedWeight& weight, int64_t row, const void* x, kernels::Element element);

  /// All rows by this thread's share of the panels of product `index`: out = x Wᵀ + b.
  void multiply(const PackedWeight& weight, size_t index, const RowBlock& out);

 private:
  void multiply_panel(const PackedWeight& weight, int64_t panel, const RowBlock& out);

  int64_t rows_;
  at::Tensor inputs_;
  float scales_[kMostRows];
  std::vector<std::atomic<int64_t>> next_panel_;
};

}  // namespace rmt::model::ops
