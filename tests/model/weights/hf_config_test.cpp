// config.json of Hugging Face: what is read, and what is refused because it would change the computation.
#include "model/weights/hf_config.h"

#include <nlohmann/json.hpp>

#include "tests/model/weights/expect_error.h"

using namespace rmt::model;
using nlohmann::json;
using rmt::tests::expect_error;

namespace {

json gpt2() {
  return {{"model_type", "gpt2"},
          {"vocab_size", 50257},
          {"n_positions", 1024},
          {"n_embd", 768},
          {"n_layer", 12},
          {"n_head", 12},
          {"activation_function", "gelu_new"}};
}
json llama() {
  return {{"model_type", "llama"},    {"vocab_size", 49152},
          {"hidden_size", 576},       {"intermediate_size", 1536},
          {"num_hidden_layers", 30},  {"num_attention_heads", 9},
          {"num_key_value_heads", 3}, {"max_position_embeddings", 8192},
          {"rms_norm_eps", 1e-5},     {"rope_theta", 100000.0},
          {"hidden_act", "silu"},     {"tie_word_embeddings", true}};
}
json mistral() {
  json config = llama();
  config.update({{"model_type", "mistral"}, {"sliding_window", nullptr}});
  return config;
}
json qwen2() {
  json config = llama();
  config.update({{"model_type", "qwen2"}, {"sliding_window", 128}, {"use_sliding_window", false}});
  return config;
}
json bert() {
  return {{"model_type", "bert"},           {"vocab_size", 30522},       {"hidden_size", 384},
          {"num_hidden_layers", 6},         {"num_attention_heads", 12}, {"intermediate_size", 1536},
          {"max_position_embeddings", 512}, {"hidden_act", "gelu"}};
}

/// The base with some fields replaced.
BackboneConfig read(json config, const json& changes = json::object()) {
  config.update(changes);
  return read_hf_config(config.dump(), "config.json");
}

void refused(Errc code, std::string_view mentions, json config, const json& changes) {
  config.update(changes);
  expect_error(code, mentions, [&] { read_hf_config(config.dump(), "config.json"); });
}

}  // namespace

TEST_CASE("hf_config: gpt2") {
  const BackboneConfig config = read(gpt2());
  CHECK(config.architecture == Architecture::gpt2);
  CHECK(config.vocab_size == 50257);
  CHECK(config.width == 768);
  CHECK(config.layers == 12);
  CHECK(config.heads == 12);
  CHECK(config.kv_heads == 12);
  CHECK(config.head_size == 64);
  CHECK(config.ffn_width == 3072);
  CHECK(config.max_positions == 1024);
  CHECK(config.norm_eps == 1e-5);
  CHECK(config.tied_head);
  CHECK(read(gpt2(), {{"n_inner", 100}, {"layer_norm_epsilon", 1e-6}}).ffn_width == 100);
  CHECK(read(gpt2(), {{"n_inner", nullptr}}).ffn_width == 3072);
  CHECK_FALSE(read(gpt2(), {{"tie_word_embeddings", false}}).tied_head);
}

TEST_CASE("hf_config: the llama family") {
  const BackboneConfig config = read(llama());
  CHECK(config.architecture == Architecture::llama);
  CHECK(config.head_size == 64);
  CHECK(config.heads == 9);
  CHECK(config.kv_heads == 3);
  CHECK(config.ffn_width == 1536);
  CHECK(config.max_positions == 8192);
  CHECK(config.rope_theta == 100000);
  CHECK(config.norm_eps == 1e-5);
  CHECK(config.tied_head);
  CHECK_FALSE(config.qkv_bias);
  CHECK(read(llama(), {{"head_dim", 128}}).head_size == 128);
  CHECK(read(llama(), {{"num_key_value_heads", nullptr}}).kv_heads == 9);
  CHECK(read(qwen2()).qkv_bias);
  CHECK_FALSE(read(mistral()).qkv_bias);
  json bare = llama();
  bare.erase("tie_word_embeddings");
  bare.erase("rope_theta");
  CHECK_FALSE(read(bare).tied_head);
  CHECK(read(bare).rope_theta == 10000);
}

TEST_CASE("hf_config: bert") {
  const BackboneConfig config = read(bert());
  CHECK(config.architecture == Architecture::bert);
  CHECK(config.head_size == 32);
  CHECK(config.norm_eps == 1e-12);
  CHECK(config.type_vocab_size == 2);
  CHECK(config.max_positions == 512);
}

TEST_CASE("hf_config: RoPE in the words of transformers 4 and 5") {
  json five = llama();
  five.erase("rope_theta");
  CHECK(read(five, {{"rope_parameters", {{"rope_type", "default"}, {"rope_theta", 5e5}}}}).rope_theta == 5e5);
  CHECK(read(llama(), {{"rope_scaling", nullptr}}).rope_theta == 100000);
  CHECK(read(llama(), {{"rope_scaling", {{"rope_type", "default"}}}}).rope_theta == 100000);
  const auto scaled = [](const char* key, const json& value) {
    refused(Errc::unsupported, key, llama(), {{key, value}});
  };
  scaled("rope_scaling", {{"type", "linear"}, {"factor", 2.0}});
  scaled("rope_scaling", {{"rope_type", "llama3"}, {"factor", 8.0}});
  scaled("rope_scaling", {{"factor", 2.0}});
  scaled("rope_parameters", {{"rope_type", "yarn"}, {"rope_theta", 1e4}});
  scaled("rope_parameters", {{"full_attention", {{"rope_type", "default"}}}});
  scaled("rope_parameters", {{"rope_type", "default"}, {"partial_rotary_factor", 0.5}});
  scaled("partial_rotary_factor", 0.25);
}

TEST_CASE("hf_config: options that change the computation are refused by name") {
  refused(Errc::unsupported, "activation_function: 'relu'", gpt2(), {{"activation_function", "relu"}});
  refused(Errc::unsupported, "activation_function: 'gelu'", gpt2(), {{"activation_function", "gelu"}});
  refused(Errc::unsupported, "scale_attn_weights", gpt2(), {{"scale_attn_weights", false}});
  refused(Errc::unsupported, "scale_attn_by_inverse_layer_idx", gpt2(), {{"scale_attn_by_inverse_layer_idx", true}});
  refused(Errc::unsupported, "add_cross_attention", gpt2(), {{"add_cross_attention", true}});
  refused(Errc::unsupported, "hidden_act: 'gelu'", llama(), {{"hidden_act", "gelu"}});
  refused(Errc::unsupported, "attention_bias", llama(), {{"attention_bias", true}});
  refused(Errc::unsupported, "mlp_bias", llama(), {{"mlp_bias", true}});
  refused(Errc::unsupported, "sliding_window", mistral(), {{"sliding_window", 4096}});
  refused(Errc::unsupported, "sliding_window", qwen2(), {{"use_sliding_window", true}});
  refused(Errc::unsupported, "layer_types", qwen2(), {{"layer_types", {"full_attention", "sliding_attention"}}});
  refused(Errc::unsupported, "hidden_act: 'gelu_new'", bert(), {{"hidden_act", "gelu_new"}});
  refused(Errc::unsupported, "position_embedding_type", bert(), {{"position_embedding_type", "relative_key"}});
  refused(Errc::unsupported, "is_decoder", bert(), {{"is_decoder", true}});
  refused(Errc::unsupported, "'gemma2'; this program runs gpt2, llama", gpt2(), {{"model_type", "gemma2"}});
  refused(Errc::unsupported, "model_type ''", gpt2(), {{"model_type", nullptr}});
}

TEST_CASE("hf_config: a window as wide as the positions is no window") {
  CHECK(read(mistral(), {{"sliding_window", 8192}}).max_positions == 8192);
  CHECK(read(qwen2(), {{"use_sliding_window", true}, {"max_window_layers", 30}}).max_positions == 8192);
  json left_out = mistral();
  left_out.erase("sliding_window");  // the class's default is then 4096
  refused(Errc::unsupported, "sliding_window", left_out, json::object());
  CHECK(read(left_out, {{"max_position_embeddings", 4096}}).max_positions == 4096);
}

TEST_CASE("hf_config: fields that are missing or wrong") {
  for (const char* const key : {"vocab_size", "n_embd", "n_layer", "n_head", "n_positions"}) {
    refused(Errc::malformed, std::string(key) + " is missing", gpt2(), {{key, nullptr}});
    refused(Errc::malformed, std::string(key) + " is not a size", gpt2(), {{key, "12"}});
    refused(Errc::malformed, std::string(key) + " is not a size", gpt2(), {{key, -1}});
    refused(Errc::malformed, std::string(key) + " is not a size", gpt2(), {{key, 1.5}});
    refused(Errc::malformed, std::string(key) + " is not a size", gpt2(), {{key, ~uint64_t{0}}});
  }
  refused(Errc::malformed, "n_head is 0", gpt2(), {{"n_head", 0}});
  refused(Errc::malformed, "layer_norm_epsilon is not a number", gpt2(), {{"layer_norm_epsilon", "x"}});
  refused(Errc::malformed, "tie_word_embeddings", gpt2(), {{"tie_word_embeddings", 1}});
  refused(Errc::malformed, "activation_function", gpt2(), {{"activation_function", 1}});
  refused(Errc::malformed, "rope_scaling is not an object", llama(), {{"rope_scaling", "linear"}});
  refused(Errc::malformed, "width", gpt2(), {{"n_embd", int64_t{1} << 52}});
  refused(Errc::malformed, "heads x head_size", gpt2(), {{"n_head", 7}});
  for (const char* const text : {"", "{", "[]", "null", "{\"a\":\"\xff\"}"})
    expect_error(Errc::malformed, "config.json", [&] { read_hf_config(text, "config.json"); });
}
