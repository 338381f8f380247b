#include "lm/train/adamw.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/stack.h>
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

// All parameters of one rate and decay in one call, which on a GPU is a few launches instead of a few hundred.
void AdamW::step(double learning_rate) {
  const c10::AutoGradMode off(false);
  struct Group {
    std::vector<at::Tensor> tensors, gradients, first, second, steps;
  };
  std::map<std::pair<double, bool>, Group> groups;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    if (!parameter.tensor.grad().defined()) continue;
    Moments& moments = moments_[i];
    moments.steps.add_(1);
    Group& group = groups[{parameter.rate_factor, parameter.decays}];
    group.tensors.push_back(parameter.tensor);
    group.gradients.push_back(parameter.tensor.grad());
    group.first.push_back(moments.first);
    group.second.push_back(moments.second);
    group.steps.push_back(moments.steps);
  }
  for (auto& [kind, group] : groups)
    at::_fused_adamw_(group.tensors, group.gradients, group.first, group.second, {}, group.steps,
                      learning_rate * kind.first, options_.beta1, options_.beta2,
                      kind.second ? options_.weight_decay : 0.0, options_.epsilon, /*amsgrad=*/false,
                      /*maximize=*/false);
}

void AdamW::zero_gradients() {
  for (const Parameter& parameter : parameters_) parameter.tensor.mutable_grad() = at::Tensor();
}

model::NamedTensors AdamW::state() const {
  model::NamedTensors all;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    all.emplace_back(parameters_[i].name + ".first", moments_[i].first.cpu());
    all.emplace_back(parameters_[i].name + ".second", moments_[i].second.cpu());
    all.emplace_back(parameters_[i].name + ".steps", moments_[i].steps.cpu());
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
  std::vector<at::Tensor> on_device;
  double squares = 0;
  for (const Parameter& parameter : parameters) {
    const at::Tensor& gradient = parameter.tensor.grad();
    if (!gradient.defined()) continue;
    if (!gradient.is_cpu()) {
      on_device.push_back(gradient);
      continue;
    }
    const double norm = gradient.norm().item<double>();
    squares += norm * norm;
  }
  // The caller waits for a device once, not for every parameter.
  if (!on_device.empty()) {
    const double norm = at::stack(at::_foreach_norm(on_device)).norm().item<double>();
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
