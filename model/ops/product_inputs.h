// Rows of activations in the form a packed weight's product reads them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/ops/packed_weight.h"

namespace rmt::model::ops {

class ProductInputs {
 public:
  /// x [N, in] fp32 or bf16 on the CPU. Used in place where its memory serves, else converted, padded or
  /// quantised, one scale a row.
  ProductInputs(const at::Tensor& x, const PackedWeight& weight);

  int64_t rows() const { return rows_; }
  int64_t stride() const { return stride_; }  ///< bytes between the rows the product reads
  /// The first row the product reads for row `row`. Up to `whole_rows()` a product may read on past the
  /// rows asked for; from there on `last_rows()` holds the rows again, with room after them.
  const char* at_row(int64_t row) const { return data_ + row * rows_per_output_ * stride_; }
  int64_t whole_rows() const { return whole_rows_; }
  const char* last_rows() const { return last_; }
  const float* scales() const { return scales_data_; }

 private:
  void use_in_place(const at::Tensor& x, const PackedWeight& weight);
  void convert(const at::Tensor& x, const PackedWeight& weight);
  void quantise_blocks(const at::Tensor& x, const PackedWeight& weight);
  void quantise(const at::Tensor& x, const PackedWeight& weight);
  void allocate(const PackedWeight& weight);

  int64_t rows_, rows_per_output_, whole_rows_;
  int64_t stride_ = 0;
  const char *data_ = nullptr, *last_ = nullptr;
  at::Tensor values_, last_values_, scales_;
  const float* scales_data_ = nullptr;
};

}  // namespace rmt::model::ops
