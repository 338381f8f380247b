#include <memory>

#include "model/backbones/bert.h"
#include "model/backbones/gpt2.h"
#include "model/backbones/llama.h"
#include "model/error.h"

namespace rmt::model {

std::unique_ptr<Backbone> load_backbone(const BackboneConfig& config, const WeightSource& weights) {
  validate(config);
  switch (config.architecture) {
    case Architecture::gpt2: return std::make_unique<Gpt2>(config, weights);
    case Architecture::llama: return std::make_unique<Llama>(config, weights);
    case Architecture::bert: return std::make_unique<Bert>(config, weights);
  }
  throw Error(Errc::unsupported, "unknown architecture");
}

}  // namespace rmt::model
