#include "tests/lm/model_folder.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "corpora/tokenizers/byte_alphabet.h"
#include "model/weights/safetensors.h"
#include "tests/support/drawn_weights.h"

namespace rmt::tests {

namespace {

using nlohmann::json;

void write(const std::filesystem::path& path, const json& content) {
  std::ofstream(path) << content.dump(1);
}

void write_config(const std::filesystem::path& folder, const model::BackboneConfig& config) {
  write(folder / "config.json", {{"model_type", "llama"},
                                 {"architectures", {"LlamaForCausalLM"}},
                                 {"vocab_size", config.vocab_size},
                                 {"hidden_size", config.width},
                                 {"num_hidden_layers", config.layers},
                                 {"num_attention_heads", config.heads},
                                 {"num_key_value_heads", config.kv_heads},
                                 {"head_dim", config.head_size},
                                 {"intermediate_size", config.ffn_width},
                                 {"max_position_embeddings", config.max_positions},
                                 {"rms_norm_eps", config.norm_eps},
                                 {"rope_theta", config.rope_theta},
                                 {"hidden_act", "silu"},
                                 {"tie_word_embeddings", config.tied_head}});
}

void write_tokenizer(const std::filesystem::path& folder, bool special) {
  const corpora::ByteAlphabet alphabet;
  json vocab = json::object(), added = json::array();
  for (int byte = 0; byte < 256; ++byte) vocab[alphabet.spelling(static_cast<unsigned char>(byte))] = byte;
  if (special) {
    vocab["<|endoftext|>"] = 256;
    added.push_back({{"id", 256},
                     {"content", "<|endoftext|>"},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
    write(folder / "tokenizer_config.json",
          {{"bos_token", "<|endoftext|>"}, {"eos_token", "<|endoftext|>"}, {"tokenizer_class", "GPT2Tokenizer"}});
  }
  const json byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
  write(folder / "tokenizer.json", {{"version", "1.0"},
                                    {"truncation", nullptr},
                                    {"padding", nullptr},
                                    {"added_tokens", added},
                                    {"normalizer", nullptr},
                                    {"pre_tokenizer", byte_level},
                                    {"post_processor", byte_level},
                                    {"decoder", byte_level},
                                    {"model",
                                     {{"type", "BPE"},
                                      {"dropout", nullptr},
                                      {"unk_token", nullptr},
                                      {"continuing_subword_prefix", ""},
                                      {"end_of_word_suffix", ""},
                                      {"fuse_unk", false},
                                      {"vocab", vocab},
                                      {"merges", json::array()}}}});
}

}  // namespace

void write_small_model(const std::filesystem::path& folder, uint64_t seed, int64_t vocab_size) {
  model::BackboneConfig config = small_config(model::Architecture::llama, vocab_size);
  config.max_positions = 600;
  const auto backbone = model::load_backbone(config, DrawnWeights(seed, 0.3));
  model::save_safetensors((folder / "model.safetensors").string(), backbone->parameters());
  write_config(folder, config);
  write_tokenizer(folder, /*special=*/true);
}

void write_markov_model(const std::filesystem::path& folder, const ByteLogits& logits) {
  model::NamedTensors tensors;
  for (const auto& [name, tensor] : markov_weights(model::Architecture::llama, logits))
    tensors.emplace_back(name, tensor);
  model::save_safetensors((folder / "model.safetensors").string(), tensors);
  write_config(folder, markov_config(model::Architecture::llama));
  write_tokenizer(folder, /*special=*/false);
}

}  // namespace rmt::tests
