// Gradients in a row of flat fp32 tensors of bounded size, on their own device, as they are exchanged between
// processes.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "lm/train/adamw.h"

namespace rmt::lm {

/// [P] fp32: 1 for a parameter with a gradient, 0 for one without.
at::Tensor which_have_gradients(const std::vector<Parameter>& parameters);

/// Goes once through the gradients of the parameters that `wanted` [P] is not 0 for; one that has none yet takes
/// part with zeros. Each bucket is handed out, changed by the caller, and put back before the next.
class GradientBuckets {
 public:
  static constexpr int64_t kEntries = int64_t{1} << 23;  ///< 32 MiB

  GradientBuckets(const std::vector<Parameter>& parameters, const at::Tensor& wanted, int64_t entries = kEntries);

  /// Undefined when all were handed out. Valid until put back.
  at::Tensor next();
  void put_back(const at::Tensor& bucket);

 private:
  std::vector<at::Tensor> gradients_;  // flat views
  int64_t entries_;
  at::Tensor buffer_;
  std::vector<at::Tensor> pieces_;  // of the gradients, in the bucket handed out
  size_t gradient_ = 0;             // where the next bucket begins: in this one,
  int64_t entry_ = 0;               // here
};

}  // namespace rmt::lm
