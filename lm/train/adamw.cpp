#include "lm/train/adamw.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <map>

#include "model/error.h"

namespace rmt::lm {

AdamW::AdamW(std::vector<Parameter> parameters, const AdamWOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const Parameter& parameter : parameters_) {
    const at::Tensor& tensor = parameter.tensor;
    moments_.push_back({at::zeros_like(tensor).requires_grad_(false), at::zeros_like(tensor).requires_grad_(false),
                        at::zeros({}, tensor.options().requires_grad(false))});
  }
}

void AdamW::step(double learning_rate) {
  const c10::AutoGradMode off(false);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    if (!parameter.tensor.grad().defined()) continue;
    Moments& moments = moments_[i];
    moments.steps.add_(1);
    at::_fused_adamw_({parameter.tensor}, {parameter.tensor.grad()}, {moments.first}, {moments.second}, {},
                      {moments.steps}, learning_rate * parameter.rate_factor, options_.beta1, options_.beta2,
                      parameter.decays ? options_.weight_decay : 0.0, options_.epsilon, /*amsgrad=*/false,
                      /*maximize=*/false);
  }
}

void AdamW::zero_gradients() {
  for (const Parameter& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
}

model::NamedTensors AdamW::state() const {
  model::NamedTensors all;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    all.emplace_back(parameters_[i].name + ".first", moments_[i].first);
    all.emplace_back(parameters_[i].name + ".second", moments_[i].second);
    all.emplace_back(parameters_[i].name + ".steps", moments_[i].steps);
  }
  return all;
}

void AdamW::restore(const model::NamedTensors& state) {
  const std::map<std::string, at::Tensor> by_name(state.begin(), state.end());
  const auto copy = [&](const std::string& name, at::Tensor& to) {
    const auto found = by_name.find(name);
    if (found == by_name.end() || found->second.sizes() != to.sizes())
      throw model::Error(model::Errc::mismatch, "the optimizer's state has no " + name + " of shape " +
                                                    c10::str(to.sizes()) + ": it belongs to another recipe");
    to.copy_(found->second);
  };
  const c10::AutoGradMode off(false);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    copy(parameters_[i].name + ".first", moments_[i].first);
    copy(parameters_[i].name + ".second", moments_[i].second);
    copy(parameters_[i].name + ".steps", moments_[i].steps);
  }
}

double gradient_norm(const std::vector<Parameter>& parameters) {
  double squares = 0;
  for (const Parameter& parameter : parameters) {
    if (!parameter.tensor.grad().defined()) continue;
    const double norm = parameter.tensor.grad().norm().item<double>();
    squares += norm * norm;
  }
  return std::sqrt(squares);
}

void clip_norm(const std::vector<Parameter>& parameters, double norm, double most) {
  if (!(norm > most)) return;
  for (const Parameter& parameter : parameters)
    if (parameter.tensor.grad().defined()) parameter.tensor.mutable_grad().mul_(most / norm);
}

void clip_values(const std::vector<Parameter>& parameters, double most) {
  for (const Parameter& parameter : parameters)
    if (parameter.tensor.grad().defined()) parameter.tensor.mutable_grad().clamp_(-most, most);
}

}  // namespace rmt::lm
