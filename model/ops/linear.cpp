#include "model/ops/linear.h"

#include <ATen/ops/linear.h>

namespace rmt::model::ops {

struct Linear::Packed {
  Precision precision;
  at::Tensor weight, bias;
  int64_t in, out;
};

Linear::Linear(at::Tensor weight, at::Tensor bias) : weight_(std::move(weight)), bias_(std::move(bias)) {}

at::Tensor Linear::operator()(const at::Tensor& x) const {
  if (!packed_) return at::linear(x, weight_, bias_);
  return at::linear(x.to(packed_->weight.scalar_type()), packed_->weight, packed_->bias);
}

void Linear::pack(Precision precision) {
  const auto dtype = precision == Precision::bf16 ? at::kBFloat16 : at::kFloat;
  const auto bias = bias_.defined() ? bias_.detach().to(dtype) : at::Tensor();
  packed_ = std::make_shared<const Packed>(
      Packed{precision, weight_.detach().to(dtype), bias, weight_.size(1), weight_.size(0)});
  weight_ = at::Tensor();
}

int64_t Linear::in_features() const {
  return packed_ ? packed_->in : weight_.size(1);
}
int64_t Linear::out_features() const {
  return packed_ ? packed_->out : weight_.size(0);
}

}  // namespace rmt::model::ops
