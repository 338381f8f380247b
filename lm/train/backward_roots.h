// Where a backward pass begins: outputs with the gradients that go into them.
#pragma once

#include <ATen/core/Tensor.h>

#include <torch/csrc/autograd/autograd.h>
#include <vector>

namespace rmt::lm {

class BackwardRoots {
 public:
  /// Left out without a gradient, or where no gradient can flow.
  void add(const at::Tensor& output, const at::Tensor& gradient) {
    if (!gradient.defined() || !output.requires_grad()) return;
    outputs_.push_back(output);
    gradients_.push_back(gradient);
  }
  /// Adds to the .grad of all leaves.
  void go_back() const {
    if (!outputs_.empty()) torch::autograd::backward(outputs_, gradients_);
  }

 private:
  std::vector<at::Tensor> outputs_, gradients_;
};

}  // namespace rmt::lm
