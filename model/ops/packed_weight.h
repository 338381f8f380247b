// The weight of a linear layer as the product kernels read it: panels of a few outputs side by side
// (kernels::ProductTile), in the numbers of its precision.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "model/kernels/kernels.h"
#include "model/precision.h"

namespace rmt::model::ops {

class PackedWeight {
 public:
  /// weight [out, in] and bias [out] or undefined, on the CPU. An fp32 weight that is held elsewhere too
  /// (a head that shares the embedding table) is not copied: its panels are made anew in every product,
  /// for a few percent of its time.
  PackedWeight(at::Tensor weight, const at::Tensor& bias, Precision precision, const kernels::Kernels& kernels);

  Precision precision() const { return precision_; }
  int64_t in_features() const { return in_; }
  int64_t out_features() const { return out_; }
  const kernels::Kernels& kernels() const { return *kernels_; }
  const kernels::Product& product() const { return *product_; }

  /// Rows the product reads for one row of activations: two where they are split into halves.
  int64_t rows_per_output() const { return precision_ == Precision::int8x2 ? 2 : 1; }
  /// 32-bit words of a panel's column, padding included, and how many inputs they stand for.
  int64_t words() const { return words_; }
  int64_t padded_in() const {
    return product_->block > 0 ? words_ / product_->block_words * product_->block
                               : words_ * 4 / kernels::bytes_of(product_->weight);
  }
  /// Of a row of inputs as the product reads it.
  int64_t input_bytes() const {
    return product_->block > 0 ? padded_in() / product_->block * product_->block_bytes
                               : padded_in() * kernels::bytes_of(product_->input);
  }

  int64_t panel_count() const { return (out_ + kernels_->panel_columns - 1) / kernels_->panel_columns; }
  int64_t panel_bytes() const;
  /// Panel `index`; made in `scratch` (panel_bytes) where it is not kept.
  const void* panel(int64_t index, void* scratch) const;
  /// What a product reads of it.
  int64_t bytes() const { return static_cast<int64_t>(panels_.defined() ? panels_.nbytes() : plain_.nbytes()); }
  bool keeps_panels() const { return panel_data_ != nullptr; }

  const float* bias() const { return bias_data_; }
  /// Of every output, what its int8 weights are to be multiplied with; null in fp32, bf16 and int4.
  const float* scales() const { return scales_data_; }

 private:
  void pack(const at::Tensor& rows);
  void pack_panel(const at::Tensor& rows, int64_t index, void* panel) const;
  void pack_nibbles(const at::Tensor& weight);

  Precision precision_;
  const kernels::Kernels* kernels_;
  const kernels::Product* product_;
  int64_t in_, out_, words_;
  at::Tensor panels_;  // [panel_count, panel_bytes] uint8
  at::Tensor plain_;   // [out, in] fp32, where there are no panels
  at::Tensor bias_, scales_;
  // Where they are: a product of a few rows asks for every panel, and asking a tensor takes longer than the panel.
  const uint8_t* panel_data_ = nullptr;
  const float *bias_data_ = nullptr, *scales_data_ = nullptr;
};

}  // namespace rmt::model::ops
