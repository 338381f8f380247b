// Weights that exist only as a seed: every tensor is drawn from its own name, so that a Python
// reference can draw the same ones (tests/reference/backbones.py) and no file is needed.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/backbone.h"

namespace rmt::tests {

class DrawnWeights final : public model::WeightSource {
 public:
  /// Matrices and biases are `scale` x N(0, 1), one-dimensional weights (of norms) 1 + 0.2 x N(0, 1).
  DrawnWeights(uint64_t seed, double scale) : seed_(seed), scale_(scale) {}

  std::vector<std::string> names() const override { return {}; }
  bool contains(const std::string&) const override { return true; }
  at::Tensor load(const std::string& name, at::IntArrayRef shape) const override;
  const std::string& fingerprint() const override { return fingerprint_; }

 private:
  uint64_t seed_;
  double scale_;
  std::string fingerprint_ = "drawn";
};

/// The tiny models of tests/reference/backbones.py, by their names there.
model::BackboneConfig tiny_config(const std::string& name);
std::unique_ptr<model::Backbone> tiny_backbone(const std::string& name);

/// GPT-2 124M's configuration.
model::BackboneConfig gpt2_124m_config();

}  // namespace rmt::tests
