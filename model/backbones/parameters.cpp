#include "model/backbones/parameters.h"

#include <ATen/ops/cat.h>

namespace rmt::model {

ops::Norm ParameterLoader::layer_norm(const std::string& name, int64_t width) const {
  return {weights.load(name + ".weight", {width}), weights.load(name + ".bias", {width}), norm_eps};
}

ops::Norm ParameterLoader::rms_norm(const std::string& name, int64_t width) const {
  return {weights.load(name + ".weight", {width}), {}, norm_eps};
}

ops::Linear ParameterLoader::linear(const std::string& name, int64_t in, int64_t out, bool with_bias) const {
  return ops::Linear(weights.load(name + ".weight", {out, in}),
                     with_bias ? weights.load(name + ".bias", {out}) : at::Tensor());
}

ops::Linear ParameterLoader::stacked(const std::vector<std::string>& names, int64_t in,
                                     const std::vector<int64_t>& outs, bool with_bias) const {
  std::vector<at::Tensor> stacked_weights, biases;
  for (size_t i = 0; i < names.size(); ++i) {
    stacked_weights.push_back(weights.load(names[i] + ".weight", {outs[i], in}));
    if (with_bias) biases.push_back(weights.load(names[i] + ".bias", {outs[i]}));
  }
  return ops::Linear(at::cat(stacked_weights, 0), with_bias ? at::cat(biases, 0) : at::Tensor());
}

ops::Linear ParameterLoader::conv1d(const std::string& name, int64_t in, int64_t out) const {
  return ops::Linear(weights.load(name + ".weight", {in, out}).t().contiguous(), weights.load(name + ".bias", {out}));
}

}  // namespace rmt::model
