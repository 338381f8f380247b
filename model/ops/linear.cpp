#include "model/ops/linear.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/linear.h>
#include <c10/core/GradMode.h>

#include <utility>

#include "model/ops/activation.h"
#include "model/ops/gradients.h"
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
  if (!packed_) return activated(plain(x), activation);
  auto shape = x.sizes().vec();
  shape.back() = out_features();
  return apply(*packed_, x.reshape({-1, in_features()}), activation).view(shape);
}

// Weights of another type than the activations are converted in the graph, so that gradients add up in
// the weights' own type.
at::Tensor Linear::plain(const at::Tensor& x) const {
  const auto in_type = [&](const at::Tensor& t) { return t.defined() ? t.to(x.scalar_type()) : t; };
  if (!change_.up.defined()) return at::linear(x, in_type(weight_), in_type(bias_));
  return differentiable_low_rank(x, in_type(weight_), in_type(bias_), change_);
}

void Linear::adapt(LowRank change) {
  change_ = std::move(change);
}

void Linear::merge() {
  if (!change_.up.defined()) return;
  const c10::AutoGradMode off(false);
  weight_ = weight_.to(at::kFloat).addmm(change_.up.to(at::kFloat), change_.down.to(at::kFloat), 1.0, change_.scale);
  change_ = {};
}

void Linear::freeze(at::ScalarType dtype) {
  weight_ = weight_.detach().to(dtype);
  if (bias_.defined()) bias_ = bias_.detach().to(dtype);
}

void Linear::replace(const std::function<at::Tensor(const at::Tensor&)>& change) {
  merge();
  weight_ = change(weight_);
  if (bias_.defined()) bias_ = change(bias_);
}

void Linear::pack(Precision precision) {
  merge();
  packed_ = std::make_shared<const PackedWeight>(std::move(weight_), bias_, precision, kernels::kernels());
  weight_ = at::Tensor();
}

int64_t Linear::in_features() const {
  return packed_ ? packed_->in_features() : weight_.size(1);
}
int64_t Linear::out_features() const {
  return packed_ ? packed_->out_features() : weight_.size(0);
}

int64_t Linear::parameter_count() const {
  return in_features() * out_features() + (bias_.defined() ? bias_.numel() : 0);
}

int64_t Linear::weight_bytes() const {
  return packed_ ? packed_->bytes() : static_cast<int64_t>(weight_.nbytes());
}

}  // namespace rmt::model::ops
