// The configuration of a backbone as a Hugging Face config.json.
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/weights/hf_config.h"

namespace rmt::model {

namespace {

using Json = nlohmann::ordered_json;

Json gpt2_json(const BackboneConfig& c) {
  return {{"model_type", "gpt2"},
          {"architectures", {"GPT2LMHeadModel"}},
          {"vocab_size", c.vocab_size},
          {"n_positions", c.max_positions},
          {"n_embd", c.width},
          {"n_layer", c.layers},
          {"n_head", c.heads},
          {"n_inner", c.ffn_width},
          {"activation_function", "gelu_new"},
          {"layer_norm_epsilon", c.norm_eps},
          {"tie_word_embeddings", c.tied_head}};
}

// What the classes of Llama and BERT call alike.
Json common_json(const BackboneConfig& c, const char* type, const char* architecture) {
  return {{"model_type", type},
          {"architectures", {architecture}},
          {"vocab_size", c.vocab_size},
          {"hidden_size", c.width},
          {"num_hidden_layers", c.layers},
          {"num_attention_heads", c.heads},
          {"intermediate_size", c.ffn_width},
          {"max_position_embeddings", c.max_positions},
          {"tie_word_embeddings", c.tied_head}};
}

Json llama_json(const BackboneConfig& c) {
  if (c.qkv_bias) throw Error(Errc::unsupported, "a Llama configuration has no place for biases of q, k and v");
  Json json = common_json(c, "llama", "LlamaForCausalLM");
  json["num_key_value_heads"] = c.kv_heads;
  json["head_dim"] = c.head_size;
  json["hidden_act"] = "silu";
  json["rms_norm_eps"] = c.norm_eps;
  json["rope_theta"] = c.rope_theta;
  return json;
}

Json bert_json(const BackboneConfig& c) {
  Json json = common_json(c, "bert", "BertModel");
  json["hidden_act"] = "gelu";
  json["layer_norm_eps"] = c.norm_eps;
  json["type_vocab_size"] = c.type_vocab_size;
  return json;
}

}  // namespace

std::string write_hf_config(const BackboneConfig& config) {
  validate(config);
  switch (config.architecture) {
    case Architecture::gpt2: return gpt2_json(config).dump(2) + "\n";
    case Architecture::llama: return llama_json(config).dump(2) + "\n";
    case Architecture::bert: return bert_json(config).dump(2) + "\n";
  }
  throw Error(Errc::unsupported, "unknown architecture");
}

}  // namespace rmt::model
