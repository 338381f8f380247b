#include "model/weights/hf_config.h"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/error.h"

namespace rmt::model {

namespace {

using Json = nlohmann::json;

/// An object of the configuration, read field by field. A field that is null counts as absent.
class Fields {
 public:
  Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  const Json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  std::optional<int64_t> find_size(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number_integer() || *value < 0 || *value > INT64_C(1) << 53)
      wrong(key, "is not a size (an integer of 0 or more)");
    return value->get<int64_t>();
  }
  int64_t size(const char* key) const {
    if (const auto value = find_size(key)) return *value;
    wrong(key, "is missing");
  }
  double number_or(const char* key, double otherwise) const {
    const Json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_number()) wrong(key, "is not a number");
    return value->get<double>();
  }
  bool flag_or(const char* key, bool otherwise) const {
    const Json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) wrong(key, "is not true or false");
    return value->get<bool>();
  }
  std::string text_or(const char* key, const std::string& otherwise) const {
    const Json* value = find(key);
    if (value == nullptr) return otherwise;
    if (!value->is_string()) wrong(key, "is not a text");
    return value->get<std::string>();
  }
  std::optional<Fields> find_object(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_object()) wrong(key, "is not an object");
    return Fields(*value, where_ + ": " + key);
  }

  /// Throws Error(unsupported) unless `runs`.
  void require(bool runs, const char* key, const std::string& why) const {
    if (!runs) throw Error(Errc::unsupported, where_ + ": " + key + ": " + why);
  }
  void require_flag(const char* key, bool usual) const {
    require(flag_or(key, usual) == usual, key, std::string(usual ? "false" : "true") + " is not supported");
  }
  void require_text(const char* key, std::initializer_list<const char*> supported) const {
    const std::string value = text_or(key, *supported.begin());
    for (const char* const text : supported)
      if (value == text) return;
    require(false, key, shown(value) + " is not supported; for this model type it must be " + *supported.begin());
  }

  [[noreturn]] void wrong(const char* key, const char* problem) const {
    throw Error(Errc::malformed, where_ + ": the field " + key + " " + problem);
  }

 private:
  const Json& object_;
  std::string where_;
};

Json parse(std::string_view text, const std::string& where) try {
  Json json = Json::parse(text);
  if (!json.is_object()) throw Error(Errc::malformed, where + ": not a JSON object; fetch the file again");
  return json;
} catch (const Json::exception& error) {
  throw Error(Errc::malformed, where + ": " + shown(error.what(), 200) + "; fetch the file again");
}

int64_t even_split(const Fields& fields, const BackboneConfig& config, const char* heads_key) {
  if (config.heads == 0) fields.wrong(heads_key, "is 0");
  return config.width / config.heads;
}

BackboneConfig read_gpt2(const Fields& fields) {
  BackboneConfig config;
  config.architecture = Architecture::gpt2;
  config.vocab_size = fields.size("vocab_size");
  config.width = fields.size("n_embd");
  config.layers = fields.size("n_layer");
  config.heads = config.kv_heads = fields.size("n_head");
  config.head_size = even_split(fields, config, "n_head");
  config.ffn_width = fields.find_size("n_inner").value_or(4 * config.width);
  config.max_positions = fields.size("n_positions");
  config.norm_eps = fields.number_or("layer_norm_epsilon", 1e-5);
  config.tied_head = fields.flag_or("tie_word_embeddings", true);
  // Three names of one function: the tanh form of GELU.
  fields.require_text("activation_function", {"gelu_new", "gelu_pytorch_tanh", "gelu_fast"});
  fields.require_flag("scale_attn_weights", true);
  fields.require_flag("scale_attn_by_inverse_layer_idx", false);
  fields.require_flag("add_cross_attention", false);
  return config;
}

/// The base of RoPE. transformers 4 writes rope_theta and rope_scaling, 5 writes rope_parameters with
/// both inside.
double read_rope_theta(const Fields& fields) {
  const double theta = fields.number_or("rope_theta", 10000.0);
  for (const char* const key : {"rope_scaling", "rope_parameters"}) {
    const std::optional<Fields> rope = fields.find_object(key);
    if (!rope) continue;
    const std::string type = rope->text_or("rope_type", rope->text_or("type", "default"));
    fields.require(type == "default", key, "RoPE scaling of type " + shown(type) + " is not supported");
    fields.require(rope->number_or("factor", 1) == 1, key, "a RoPE scaling factor is not supported");
    const bool by_layer = rope->find("full_attention") != nullptr || rope->find("sliding_attention") != nullptr;
    fields.require(!by_layer, key, "RoPE that differs between layers is not supported");
    const double part = rope->number_or("partial_rotary_factor", 1);
    fields.require(part == 1, key, "rotating a part of each head (partial_rotary_factor) is not supported");
  }
  const std::optional<Fields> parameters = fields.find_object("rope_parameters");
  return parameters ? parameters->number_or("rope_theta", theta) : theta;
}

void check_full_attention(const Fields& fields, const BackboneConfig& config, int64_t window) {
  fields.require(window >= config.max_positions, "sliding_window",
                 "attention over the last " + std::to_string(window) + " of " + std::to_string(config.max_positions) +
                     " positions only is not supported");
  const Json* layers = fields.find("layer_types");
  if (layers == nullptr) return;
  const Json full(layers->size(), "full_attention");
  fields.require(*layers == full, "layer_types", "layers without full attention are not supported");
}

BackboneConfig read_llama_family(const Fields& fields) {
  BackboneConfig config;
  config.architecture = Architecture::llama;
  config.vocab_size = fields.size("vocab_size");
  config.width = fields.size("hidden_size");
  config.layers = fields.size("num_hidden_layers");
  config.heads = fields.size("num_attention_heads");
  config.head_size = even_split(fields, config, "num_attention_heads");
  config.head_size = fields.find_size("head_dim").value_or(config.head_size);
  config.ffn_width = fields.size("intermediate_size");
  config.max_positions = fields.size("max_position_embeddings");
  config.norm_eps = fields.number_or("rms_norm_eps", 1e-6);
  config.rope_theta = read_rope_theta(fields);
  config.tied_head = fields.flag_or("tie_word_embeddings", false);
  fields.require_text("hidden_act", {"silu", "swish"});
  fields.require(fields.number_or("partial_rotary_factor", 1) == 1, "partial_rotary_factor", "only 1 is supported");
  return config;
}

BackboneConfig read_llama(const Fields& fields) {
  BackboneConfig config = read_llama_family(fields);
  config.kv_heads = fields.find_size("num_key_value_heads").value_or(config.heads);
  fields.require_flag("attention_bias", false);
  fields.require_flag("mlp_bias", false);
  return config;
}

BackboneConfig read_mistral(const Fields& fields, bool has_window_field) {
  BackboneConfig config = read_llama_family(fields);
  config.kv_heads = fields.size("num_key_value_heads");
  // Left out, the window has its default; null turns it off.
  const int64_t otherwise = has_window_field ? config.max_positions : 4096;
  check_full_attention(fields, config, fields.find_size("sliding_window").value_or(otherwise));
  return config;
}

BackboneConfig read_qwen2(const Fields& fields) {
  BackboneConfig config = read_llama_family(fields);
  config.kv_heads = fields.size("num_key_value_heads");
  config.qkv_bias = true;
  const bool windowed =
      fields.flag_or("use_sliding_window", false) && fields.find_size("max_window_layers").value_or(28) < config.layers;
  const int64_t window = fields.find_size("sliding_window").value_or(config.max_positions);
  check_full_attention(fields, config, windowed ? window : config.max_positions);
  return config;
}

BackboneConfig read_bert(const Fields& fields) {
  BackboneConfig config;
  config.architecture = Architecture::bert;
  config.vocab_size = fields.size("vocab_size");
  config.width = fields.size("hidden_size");
  config.layers = fields.size("num_hidden_layers");
  config.heads = config.kv_heads = fields.size("num_attention_heads");
  config.head_size = even_split(fields, config, "num_attention_heads");
  config.ffn_width = fields.size("intermediate_size");
  config.max_positions = fields.size("max_position_embeddings");
  config.norm_eps = fields.number_or("layer_norm_eps", 1e-12);
  config.type_vocab_size = fields.find_size("type_vocab_size").value_or(2);
  config.tied_head = fields.flag_or("tie_word_embeddings", true);
  fields.require_text("hidden_act", {"gelu"});
  fields.require_text("position_embedding_type", {"absolute"});
  fields.require_flag("is_decoder", false);
  fields.require_flag("add_cross_attention", false);
  return config;
}

}  // namespace

BackboneConfig read_hf_config(std::string_view json, const std::string& where) {
  const Json object = parse(json, where);
  const Fields fields(object, where);
  const std::string type = fields.text_or("model_type", "");
  const auto read = [&] {
    if (type == "gpt2") return read_gpt2(fields);
    if (type == "llama") return read_llama(fields);
    if (type == "mistral") return read_mistral(fields, object.contains("sliding_window"));
    if (type == "qwen2") return read_qwen2(fields);
    if (type == "bert") return read_bert(fields);
    throw Error(Errc::unsupported,
                where + ": model_type " + shown(type) + "; this program runs gpt2, llama, mistral, qwen2 and bert");
  };
  const BackboneConfig config = read();
  validate(config);
  return config;
}

}  // namespace rmt::model
