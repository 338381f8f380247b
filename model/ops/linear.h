// y = x Wᵀ + b, in the precision the weight was packed for.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "model/precision.h"

namespace rmt::model::ops {

/// A copy shares its weight. Plain (fp32 or bf16 tensors, any device, differentiable) until packed.
class Linear {
 public:
  Linear() = default;
  /// weight [out, in]; bias [out] or undefined.
  explicit Linear(at::Tensor weight, at::Tensor bias = {});

  /// x [..., in] -> [..., out], in `activation_dtype()` when packed, else in the dtype of x.
  at::Tensor operator()(const at::Tensor& x) const;

  /// Converts the weight for CPU inference and lets the plain one go; no gradient flows afterwards.
  void pack(Precision precision);

  int64_t in_features() const;
  int64_t out_features() const;
  const at::Tensor& weight() const { return weight_; }  ///< undefined once packed
  const at::Tensor& bias() const { return bias_; }

 private:
  struct Packed;
  at::Tensor weight_, bias_;
  std::shared_ptr<const Packed> packed_;
};

}  // namespace rmt::model::ops
