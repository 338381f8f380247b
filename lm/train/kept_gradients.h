// Gradients that stay where they are from step to step: what a recorded backward pass adds to.
#pragma once

#include <functional>
#include <vector>

#include "lm/train/adamw.h"

namespace rmt::lm {

class KeptGradients {
 public:
  explicit KeptGradients(std::vector<Parameter> parameters) : parameters_(std::move(parameters)) {}

  /// Makes a recording. `work` adds to gradients; those that it makes are kept from here on. Then `record` may do it as
  /// often as it likes. Afterwards every gradient has the value it had before, also when either throws.
  void record(const std::function<void()>& work, const std::function<void()>& record);

  /// Before a recording is replayed: gradients that were taken away since (AdamW::zero_gradients) are there again, as
  /// zeros.
  void bring_back() const;

 private:
  std::vector<at::Tensor> copies() const;
  void restore(const std::vector<at::Tensor>& values) const;

  std::vector<Parameter> parameters_;
  std::vector<at::Tensor> kept_;  // [parameter]; undefined: nothing recorded makes one
};

}  // namespace rmt::lm
