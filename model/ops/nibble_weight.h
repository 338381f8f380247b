// A weight in 4 bits: blocks of a row's inputs, each with a scale and a lowest value, weight ~ scale * nibble + lowest.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rmt::model::ops {

class NibbleWeight {
 public:
  /// weight [out, in] fp32 on the CPU; a last block that is not full is filled up with zeros. A weight that was stored
  /// in such blocks (GGUF's Q4_1) comes out as it was but for the scales, which become bf16.
  NibbleWeight(const at::Tensor& weight, int64_t block);

  /// Outputs [index * columns, …) as kernels/nibble_product.h reads them; columns past the last are 0.
  void pack_panel(int64_t index, int64_t columns, void* panel) const;

 private:
  int64_t out_, blocks_, block_;
  at::Tensor nibbles_;          // [out, blocks, block] uint8, 0 .. 15
  at::Tensor scales_, lowest_;  // [out, blocks] bf16
};

}  // namespace rmt::model::ops
