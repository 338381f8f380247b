#include "lm/train/kept_gradients.h"

#include <ATen/ops/_foreach_zero.h>
#include <c10/core/GradMode.h>

namespace rmt::lm {

void KeptGradients::record(const std::function<void()>& work, const std::function<void()>& record) {
  kept_.resize(parameters_.size());
  const std::vector<at::Tensor> before = copies();
  for (size_t i = 0; i < kept_.size(); ++i) parameters_[i].tensor.mutable_grad() = kept_[i];
  try {
    work();
    for (size_t i = 0; i < kept_.size(); ++i) kept_[i] = parameters_[i].tensor.grad();
    record();
  } catch (...) {
    restore(before);
    throw;
  }
  restore(before);
}

void KeptGradients::bring_back() const {
  const c10::AutoGradMode off(false);
  std::vector<at::Tensor> taken_away;
  for (size_t i = 0; i < kept_.size(); ++i) {
    at::Tensor& gradient = parameters_[i].tensor.mutable_grad();
    if (!kept_[i].defined() || gradient.is_same(kept_[i])) continue;
    if (gradient.defined())
      kept_[i].copy_(gradient);
    else
      taken_away.push_back(kept_[i]);
    gradient = kept_[i];
  }
  if (!taken_away.empty()) at::_foreach_zero_(taken_away);
}

std::vector<at::Tensor> KeptGradients::copies() const {
  std::vector<at::Tensor> all;
  for (const Parameter& parameter : parameters_) {
    const at::Tensor& gradient = parameter.tensor.grad();
    all.push_back(gradient.defined() ? gradient.clone() : at::Tensor());
  }
  return all;
}

void KeptGradients::restore(const std::vector<at::Tensor>& values) const {
  for (size_t i = 0; i < values.size(); ++i) parameters_[i].tensor.mutable_grad() = values[i];
}

}  // namespace rmt::lm
