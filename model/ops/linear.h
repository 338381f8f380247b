// y = x Wᵀ + b, in the precision the weight was packed for.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>

#include "model/kernels/kernels.h"
#include "model/precision.h"

namespace rmt::model::ops {

class PackedWeight;
using kernels::Activation;

/// A low-rank change of a weight (Hu et al. 2021): W + scale * up * down.
struct LowRank {
  at::Tensor down;  ///< [r, in]
  at::Tensor up;    ///< [out, r]
  double scale = 1.0;
};

/// A copy shares its weight. Plain (fp32 or bf16 tensors, any device, differentiable) until packed.
class Linear {
 public:
  Linear() = default;
  /// weight [out, in]; bias [out] or undefined.
  explicit Linear(at::Tensor weight, at::Tensor bias = {});

  /// x [..., in] -> activation of [..., out]. Plain: in the dtype of x. Packed: in bf16 for bf16, else in fp32;
  /// row by row the same whatever the other rows and the number of threads.
  at::Tensor operator()(const at::Tensor& x, Activation activation = Activation::none) const;

  /// Adds scale * up * (down * x) to the plain layer's outputs, with gradients to both factors.
  void adapt(LowRank change);
  /// Makes the low-rank change, if there is one, part of the weight.
  void merge();
  /// A plain layer whose weight gets no gradient, kept in `dtype`.
  void freeze(at::ScalarType dtype);

  /// A plain layer's weight and bias, a change merged into them, become what `change` makes of them.
  void replace(const std::function<at::Tensor(const at::Tensor&)>& change);

  /// Converts the weight, a change merged into it, for CPU inference and lets the plain one go; no gradient flows
  /// afterwards.
  void pack(Precision precision);

  int64_t in_features() const;
  int64_t out_features() const;
  int64_t parameter_count() const;
  int64_t weight_bytes() const;                         ///< as it is held, without the bias
  const at::Tensor& weight() const { return weight_; }  ///< undefined once packed
  const at::Tensor& bias() const { return bias_; }
  bool is_plain() const { return !packed_ && !change_.up.defined(); }  ///< neither packed nor adapted
  const PackedWeight* packed() const { return packed_.get(); }         ///< null until packed

 private:
  at::Tensor plain(const at::Tensor& x) const;

  at::Tensor weight_, bias_;
  LowRank change_;  // undefined tensors: none
  std::shared_ptr<const PackedWeight> packed_;
};

}  // namespace rmt::model::ops
