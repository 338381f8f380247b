// What a backbone is, apart from its weights.
//
// Shape letters, used in every comment of model/ and lm/:
//   B batch   T text tokens of a segment   M memory tokens   S = M + T + M rows of a decoder segment
//   D width   H query heads   G key/value heads   K head size   F feed-forward width
//   V vocabulary   L layers   N segments   R rows asked for
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rmt::model {

enum class Architecture { gpt2, llama, bert };

std::string_view name(Architecture architecture);

struct BackboneConfig {
  Architecture architecture = Architecture::gpt2;
  int64_t vocab_size = 0;
  int64_t width = 0;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t kv_heads = 0;  ///< equal to `heads` without grouped-query attention
  int64_t head_size = 0;
  int64_t ffn_width = 0;
  int64_t max_positions = 0;  ///< rows a segment may have; for RoPE, what the model was trained with
  double norm_eps = 1e-5;
  double rope_theta = 10000.0;  ///< llama only
  int64_t type_vocab_size = 0;  ///< bert only: token types
  bool tied_head = true;        ///< the head shares the embedding table
  bool qkv_bias = false;        ///< llama family only (Qwen2 has it)

  bool is_decoder() const { return architecture != Architecture::bert; }
};

/// Throws Error(malformed) naming every field that is out of range or disagrees with another.
void validate(const BackboneConfig& config);

}  // namespace rmt::model
