#include "bench/gpu/random_model.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>

#include <functional>
#include <stdexcept>

#include "model/rmt/segment_batch.h"

namespace rmt::bench {

namespace {

class RandomWeights final : public model::WeightSource {
 public:
  explicit RandomWeights(uint64_t seed) : seed_(seed) {}

  std::vector<std::string> names() const override { return {}; }
  bool contains(const std::string& /*name*/) const override { return true; }
  const std::string& fingerprint() const override { return fingerprint_; }

  at::Tensor load(const std::string& name, at::IntArrayRef shape) const override {
    constexpr double kSpread = 0.02;
    const bool norm_weight = shape.size() == 1 && name.ends_with("weight");
    if (norm_weight) return at::ones(shape);
    const auto generator = at::detail::createCPUGenerator(seed_ ^ std::hash<std::string>{}(name));
    return at::randn(shape, generator).mul_(kSpread);
  }

 private:
  uint64_t seed_;
  std::string fingerprint_ = "random";
};

}  // namespace

model::BackboneConfig shape_by_name(const std::string& name) {
  using model::Architecture;
  model::BackboneConfig config;
  if (name == "gpt2-124m") {
    config = {.architecture = Architecture::gpt2,
              .vocab_size = 50257,
              .width = 768,
              .layers = 12,
              .heads = 12,
              .kv_heads = 12,
              .head_size = 64,
              .ffn_width = 3072,
              .max_positions = 1024};
  } else if (name == "gpt2-tiny") {
    config = {.architecture = Architecture::gpt2,
              .vocab_size = 257,
              .width = 64,
              .layers = 2,
              .heads = 4,
              .kv_heads = 4,
              .head_size = 16,
              .ffn_width = 128,
              .max_positions = 128};
  } else if (name == "llama-tiny") {
    config = {.architecture = Architecture::llama,
              .vocab_size = 257,
              .width = 64,
              .layers = 2,
              .heads = 4,
              .kv_heads = 2,
              .head_size = 16,
              .ffn_width = 96,
              .max_positions = 128};
  } else {
    throw std::invalid_argument("no shape is named " + name);
  }
  return config;
}

std::shared_ptr<model::Backbone> random_backbone(const model::BackboneConfig& config, uint64_t seed) {
  return model::load_backbone(config, RandomWeights(seed));
}

model::RmtDecoder random_decoder(const model::BackboneConfig& config, const at::Device& device,
                                 const Wrapping& wrapping) {
  const auto backbone = random_backbone(config, wrapping.seed);
  const at::Tensor memory = model::make_initial_memory(*backbone, wrapping.rmt.memory_tokens, wrapping.seed);
  backbone->to(device, wrapping.precision);
  return {backbone, wrapping.rmt, memory};
}

}  // namespace rmt::bench
