// AdamW (Loshchilov and Hutter 2019) over named parameters, its moments kept in fp32.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/weights/weight_source.h"

namespace rmt::lm {

/// A leaf tensor that is trained.
struct Parameter {
  std::string name;
  at::Tensor tensor;
  double rate_factor = 1.0;  ///< of the learning rate
  bool decays = true;        ///< whether weight decay applies: not to vectors, not to the memory
};

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.01;
};

class AdamW {
 public:
  AdamW(std::vector<Parameter> parameters, const AdamWOptions& options);

  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// One step with the gradients that are there; parameters without one stay.
  void step(double learning_rate);
  void zero_gradients();

  /// Moments and the number of steps taken, as tensors on the CPU named after the parameters.
  model::NamedTensors state() const;
  /// Throws model::Error(mismatch) when `state` is that of other parameters.
  void restore(const model::NamedTensors& state);

 private:
  struct Moments {
    at::Tensor first, second;  // like the parameter, fp32
    at::Tensor steps;          // [1] fp32, as the fused step wants it
  };

  std::vector<Parameter> parameters_;
  AdamWOptions options_;
  std::vector<Moments> moments_;
};

/// Euclidean norm of all gradients together.
double gradient_norm(const std::vector<Parameter>& parameters);

/// Scales all gradients so that their norm is at most `most`, given what it is.
void clip_norm(const std::vector<Parameter>& parameters, double norm, double most);
/// Cuts every entry to [-most, most].
void clip_values(const std::vector<Parameter>& parameters, double most);

}  // namespace rmt::lm
