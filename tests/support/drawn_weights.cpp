#include "tests/support/drawn_weights.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <zlib.h>

#include <map>
#include <stdexcept>

namespace rmt::tests {

using model::Architecture;
using model::BackboneConfig;

at::Tensor DrawnWeights::load(const std::string& name, at::IntArrayRef shape) const {
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(name.data()), static_cast<uInt>(name.size()));
  at::Tensor noise = at::randn(shape, at::detail::createCPUGenerator(seed_ + crc));
  return shape.size() == 1 && name.ends_with("weight") ? noise.mul_(0.2).add_(1) : noise.mul_(scale_);
}

BackboneConfig tiny_config(const std::string& name) {
  const std::map<std::string, BackboneConfig> configs{
      {"gpt2-tiny",
       {.architecture = Architecture::gpt2,
        .vocab_size = 101,
        .width = 32,
        .layers = 3,
        .heads = 4,
        .kv_heads = 4,
        .head_size = 8,
        .ffn_width = 128,
        .max_positions = 32,
        .norm_eps = 1e-5}},
      {"llama-tiny",
       {.architecture = Architecture::llama,
        .vocab_size = 101,
        .width = 32,
        .layers = 3,
        .heads = 4,
        .kv_heads = 2,
        .head_size = 8,
        .ffn_width = 48,
        .max_positions = 32,
        .norm_eps = 1e-5,
        .rope_theta = 10000.0,
        .tied_head = false}},
      {"llama-tied",
       {.architecture = Architecture::llama,
        .vocab_size = 67,
        .width = 48,
        .layers = 2,
        .heads = 3,
        .kv_heads = 1,
        .head_size = 16,
        .ffn_width = 40,
        .max_positions = 64,
        .norm_eps = 1e-6,
        .rope_theta = 100000.0}},
      {"bert-tiny",
       {.architecture = Architecture::bert,
        .vocab_size = 101,
        .width = 32,
        .layers = 3,
        .heads = 4,
        .kv_heads = 4,
        .head_size = 8,
        .ffn_width = 64,
        .max_positions = 32,
        .norm_eps = 1e-12,
        .type_vocab_size = 2}},
  };
  return configs.at(name);
}

std::unique_ptr<model::Backbone> tiny_backbone(const std::string& name) {
  const std::map<std::string, uint64_t> seeds{
      {"gpt2-tiny", 100}, {"llama-tiny", 200}, {"llama-tied", 300}, {"bert-tiny", 400}};
  return load_backbone(tiny_config(name), DrawnWeights(seeds.at(name), 0.15));
}

BackboneConfig gpt2_124m_config() {
  return {.architecture = Architecture::gpt2,
          .vocab_size = 50257,
          .width = 768,
          .layers = 12,
          .heads = 12,
          .kv_heads = 12,
          .head_size = 64,
          .ffn_width = 3072,
          .max_positions = 1024,
          .norm_eps = 1e-5};
}

}  // namespace rmt::tests
