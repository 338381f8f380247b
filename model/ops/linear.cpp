#include "model/ops/linear.h"

#include <ATen/ops/linear.h>

#include <utility>

#include "model/ops/activation.h"
#include "model/ops/matrix_product.h"

namespace rmt::model::ops {
namespace {

at::Tensor activated(at::Tensor x, Activation activation) {
  switch (activation) {
    case Activation::none: return x;
    case Activation::gelu_tanh: return gelu_tanh(std::move(x));
    case Activation::gelu_erf: return gelu_erf(std::move(x));
  }
  return x;
}

}  // namespace

Linear::Linear(at::Tensor weight, at::Tensor bias) : weight_(std::move(weight)), bias_(std::move(bias)) {}

at::Tensor Linear::operator()(const at::Tensor& x, Activation activation) const {
  if (!packed_) return activated(at::linear(x, weight_, bias_), activation);
  auto shape = x.sizes().vec();
  shape.back() = out_features();
  return apply(*packed_, x.reshape({-1, in_features()}), activation).view(shape);
}

void Linear::pack(Precision precision) {
  packed_ = std::make_shared<const PackedWeight>(std::move(weight_), bias_, precision, kernels::kernels());
  weight_ = at::Tensor();
}

int64_t Linear::in_features() const {
  return packed_ ? packed_->in_features() : weight_.size(1);
}
int64_t Linear::out_features() const {
  return packed_ ? packed_->out_features() : weight_.size(0);
}

}  // namespace rmt::model::ops
