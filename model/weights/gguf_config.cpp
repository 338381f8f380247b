#include "model/weights/gguf_config.h"

#include <string>

#include "model/error.h"
#include "model/weights/checkpoint_names.h"

namespace rmt::model {

namespace {

/// The metadata under "<architecture>.".
class Keys {
 public:
  Keys(const GgufFile& file, std::string_view architecture) : file_(file), prefix_(std::string(architecture) + ".") {}

  std::string name(std::string_view key) const { return prefix_ + std::string(key); }
  int64_t size(std::string_view key) const { return file_.metadata().require_u32(name(key)); }
  int64_t size_or(std::string_view key, int64_t otherwise) const {
    const auto value = file_.metadata().find_u32(name(key));
    return value ? *value : otherwise;
  }
  double number(std::string_view key) const { return file_.metadata().require_number(name(key)); }
  double number_or(std::string_view key, double otherwise) const {
    return file_.metadata().find_number(name(key)).value_or(otherwise);
  }

  /// Throws Error(unsupported) unless `runs`.
  void require(bool runs, std::string_view key, const std::string& why) const {
    if (!runs) throw Error(Errc::unsupported, file_.where() + ": " + name(key) + ": " + why);
  }

 private:
  const GgufFile& file_;
  std::string prefix_;
};

const GgufTensor& require_matrix(const GgufFile& file, std::string_view name) {
  const GgufTensor* tensor = file.find_tensor(name);
  if (tensor == nullptr)
    throw Error(Errc::not_found, file.where() + ": no tensor " + shown(name) + "; the file holds no whole model");
  if (tensor->shape.size() != 2)
    throw Error(Errc::mismatch, file.where() + ": tensor " + shown(name) + " has shape " + describe(tensor->shape) +
                                    ", expected two dimensions");
  return *tensor;
}

/// What both families have.
BackboneConfig read_sizes(const GgufFile& file, const Keys& keys) {
  BackboneConfig config;
  config.vocab_size = require_matrix(file, "token_embd.weight").shape[0];
  config.width = keys.size("embedding_length");
  config.layers = keys.size("block_count");
  config.heads = keys.size("attention.head_count");
  config.ffn_width = keys.size("feed_forward_length");
  config.max_positions = keys.size("context_length");
  config.tied_head = file.find_tensor("output.weight") == nullptr;
  if (config.heads == 0)
    throw Error(Errc::malformed, file.where() + ": " + keys.name("attention.head_count") + " is 0");
  config.head_size = config.width / config.heads;
  return config;
}

void read_gpt2(const Keys& keys, BackboneConfig& config) {
  config.architecture = Architecture::gpt2;
  config.kv_heads = config.heads;
  config.norm_eps = keys.number("attention.layer_norm_epsilon");
}

/// Refuses what the plain Llama computation does not have.
void check_llama_options(const GgufFile& file, const Keys& keys, const BackboneConfig& config) {
  keys.require(keys.size_or("expert_count", 0) == 0, "expert_count", "mixtures of experts are not supported");
  const auto scaling = file.metadata().find_string(keys.name("rope.scaling.type"));
  const bool scaled = scaling && *scaling != "none" && keys.number_or("rope.scaling.factor", 0) != 1;
  keys.require(!scaled, "rope.scaling.type", "RoPE scaling is not supported");
  keys.require(keys.number_or("rope.scale_linear", 1) == 1, "rope.scale_linear", "RoPE scaling is not supported");
  keys.require(file.find_tensor("rope_freqs.weight") == nullptr, "rope",
               "scaled RoPE frequencies (tensor rope_freqs.weight, as in Llama 3.1 and later) are not supported");
  const int64_t rotated = keys.size_or("rope.dimension_count", config.head_size);
  keys.require(rotated == config.head_size, "rope.dimension_count",
               "rotating " + std::to_string(rotated) + " of " + std::to_string(config.head_size) +
                   " values of a head is not supported");
  const int64_t value_size = keys.size_or("attention.value_length", config.head_size);
  keys.require(value_size == config.head_size, "attention.value_length", "values narrower than keys are not supported");
  const int64_t window = keys.size_or("attention.sliding_window", 0);
  keys.require(window == 0 || window >= config.max_positions, "attention.sliding_window",
               "sliding-window attention is not supported");
  keys.require(file.metadata().find_bool(keys.name("attention.causal")).value_or(true), "attention.causal",
               "a Llama without the causal mask is not supported");
}

void read_llama(const GgufFile& file, const Keys& keys, BackboneConfig& config) {
  config.architecture = Architecture::llama;
  config.kv_heads = keys.size_or("attention.head_count_kv", config.heads);
  config.head_size = keys.size_or("attention.key_length", config.head_size);
  config.norm_eps = keys.number("attention.layer_norm_rms_epsilon");
  config.rope_theta = keys.number_or("rope.freq_base", 10000.0);
  config.qkv_bias = file.find_tensor("blk.0.attn_q.bias") != nullptr;
  check_llama_options(file, keys, config);
}

/// A tensor without a place in the architecture is a step of the computation that would be left out.
void check_every_tensor_is_known(const GgufFile& file, const GgufModel& model) {
  for (const GgufTensor& tensor : file.tensors())
    if (!from_gguf_name(model.config.architecture, tensor.name, model.permuted_rotary))
      throw Error(Errc::unsupported, file.where() + ": tensor " + shown(tensor.name) + " is no part of a " +
                                         std::string(name(model.config.architecture)) + " as this program runs it");
}

}  // namespace

GgufModel read_gguf_model(const GgufFile& file) {
  const GgufMetadata& metadata = file.metadata();
  const std::string architecture(metadata.require_string("general.architecture"));
  const bool is_gpt2 = architecture == "gpt2", is_llama = architecture == "llama" || architecture == "qwen2";
  if (!is_gpt2 && !is_llama)
    throw Error(Errc::unsupported, file.where() + ": architecture " + shown(architecture) +
                                       "; from GGUF this program runs gpt2, llama and qwen2");
  if (metadata.find_u32("split.count").value_or(1) > 1)
    throw Error(Errc::unsupported,
                file.where() + ": one part of a split model; join them with llama-gguf-split --merge");
  const Keys keys(file, architecture);
  GgufModel model;
  model.config = read_sizes(file, keys);
  model.permuted_rotary = architecture == "llama";
  if (is_gpt2)
    read_gpt2(keys, model.config);
  else
    read_llama(file, keys, model.config);
  validate(model.config);
  check_every_tensor_is_known(file, model);
  return model;
}

}  // namespace rmt::model
