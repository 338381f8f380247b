#include "lm/adapter.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <map>

#include "model/error.h"

namespace rmt::lm {

using model::Errc;
using model::Error;

Adapter new_adapter(model::Backbone& backbone, int64_t rank, double alpha, uint64_t seed) {
  Adapter adapter{rank, alpha};
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  for (const model::NamedLinear& layer : backbone.linears()) {
    const int64_t in = layer.linear->in_features(), out = layer.linear->out_features();
    const double bound = 1.0 / std::sqrt(static_cast<double>(in));
    adapter.tensors.emplace_back(layer.name + ".down", at::rand({rank, in}, generator).mul_(2 * bound).sub_(bound));
    adapter.tensors.emplace_back(layer.name + ".up", at::zeros({out, rank}));
  }
  return adapter;
}

void attach(model::Backbone& backbone, const Adapter& adapter, const std::string& where) {
  const std::map<std::string, at::Tensor> by_name(adapter.tensors.begin(), adapter.tensors.end());
  const auto find = [&](const std::string& name, at::IntArrayRef shape) {
    const auto found = by_name.find(name);
    if (found == by_name.end())
      throw Error(Errc::mismatch, where + ": no tensor " + name + " for the backbone's layer");
    if (found->second.sizes() != shape)
      throw Error(Errc::mismatch, where + ": " + name + " is " + c10::str(found->second.sizes()) +
                                      ", but the layer needs " + c10::str(shape));
    return found->second;
  };
  const auto layers = backbone.linears();
  if (adapter.tensors.size() != 2 * layers.size())
    throw Error(Errc::mismatch, where + ": " + std::to_string(adapter.tensors.size()) + " tensors for " +
                                    std::to_string(layers.size()) + " layers: it was made for another backbone");
  for (const model::NamedLinear& layer : layers)
    layer.linear->adapt({.down = find(layer.name + ".down", {adapter.rank, layer.linear->in_features()}),
                         .up = find(layer.name + ".up", {layer.linear->out_features(), adapter.rank}),
                         .scale = adapter.alpha / static_cast<double>(adapter.rank)});
}

void merge(model::Backbone& backbone, const Adapter& adapter, const std::string& where) {
  attach(backbone, adapter, where);
  for (const model::NamedLinear& layer : backbone.linears()) layer.linear->merge();
}

}  // namespace rmt::lm
