// Models of a shape and with random weights: speed and memory do not ask what a model has learnt.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/backbone.h"
#include "model/rmt/decoder.h"

namespace rmt::bench {

/// "gpt2-124m", "gpt2-tiny" or "llama-tiny". Throws std::invalid_argument for another name.
model::BackboneConfig shape_by_name(const std::string& name);

/// Weights drawn from `seed`, always the same, with the spread GPT-2 starts from.
std::shared_ptr<model::Backbone> random_backbone(const model::BackboneConfig& config, uint64_t seed);

/// That backbone on a device, wrapped.
struct Wrapping {
  model::RmtConfig rmt{};
  model::Precision precision = model::Precision::bf16;
  uint64_t seed = 1;
};
model::RmtDecoder random_decoder(const model::BackboneConfig& config, const at::Device& device,
                                 const Wrapping& wrapping);

}  // namespace rmt::bench
