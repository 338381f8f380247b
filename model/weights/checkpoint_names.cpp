#include "model/weights/checkpoint_names.h"

#include <span>

namespace rmt::model {

namespace {

struct Pair {
  std::string_view gguf, hugging_face;
  GgufLayout layout = GgufLayout::same;
};

constexpr Pair kGpt2[] = {
    {"token_embd.weight", "wte.weight"}, {"position_embd.weight", "wpe.weight"}, {"output_norm.weight", "ln_f.weight"},
    {"output_norm.bias", "ln_f.bias"},   {"output.weight", "lm_head.weight"},
};

constexpr Pair kGpt2Block[] = {
    {"attn_norm.weight", "ln_1.weight"},
    {"attn_norm.bias", "ln_1.bias"},
    {"attn_qkv.weight", "attn.c_attn.weight", GgufLayout::transposed},
    {"attn_qkv.bias", "attn.c_attn.bias"},
    {"attn_output.weight", "attn.c_proj.weight", GgufLayout::transposed},
    {"attn_output.bias", "attn.c_proj.bias"},
    {"ffn_norm.weight", "ln_2.weight"},
    {"ffn_norm.bias", "ln_2.bias"},
    {"ffn_up.weight", "mlp.c_fc.weight", GgufLayout::transposed},
    {"ffn_up.bias", "mlp.c_fc.bias"},
    {"ffn_down.weight", "mlp.c_proj.weight", GgufLayout::transposed},
    {"ffn_down.bias", "mlp.c_proj.bias"},
};

constexpr Pair kLlama[] = {
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"output_norm.weight", "model.norm.weight"},
    {"output.weight", "lm_head.weight"},
};

constexpr Pair kLlamaBlock[] = {
    {"attn_norm.weight", "input_layernorm.weight"},
    {"attn_q.weight", "self_attn.q_proj.weight", GgufLayout::rotary_pairs},
    {"attn_q.bias", "self_attn.q_proj.bias", GgufLayout::rotary_pairs},
    {"attn_k.weight", "self_attn.k_proj.weight", GgufLayout::rotary_pairs},
    {"attn_k.bias", "self_attn.k_proj.bias", GgufLayout::rotary_pairs},
    {"attn_v.weight", "self_attn.v_proj.weight"},
    {"attn_v.bias", "self_attn.v_proj.bias"},
    {"attn_output.weight", "self_attn.o_proj.weight"},
    {"ffn_norm.weight", "post_attention_layernorm.weight"},
    {"ffn_gate.weight", "mlp.gate_proj.weight"},
    {"ffn_up.weight", "mlp.up_proj.weight"},
    {"ffn_down.weight", "mlp.down_proj.weight"},
};

struct Tables {
  std::span<const Pair> top, block;
  std::string_view block_prefix;
};

Tables tables_of(Architecture architecture) {
  switch (architecture) {
    case Architecture::gpt2: return {kGpt2, kGpt2Block, "h."};
    case Architecture::llama: return {kLlama, kLlamaBlock, "model.layers."};
    case Architecture::bert: break;  // not read from GGUF
  }
  return {};
}

const Pair* find(std::span<const Pair> pairs, std::string_view gguf) {
  for (const Pair& pair : pairs)
    if (pair.gguf == gguf) return &pair;
  return nullptr;
}

bool drop_prefix(std::string_view& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string canonical_name(Architecture architecture, std::string_view name) {
  switch (architecture) {
    case Architecture::gpt2: drop_prefix(name, "transformer."); return std::string(name);
    case Architecture::llama: {
      const bool bare = name.starts_with("layers.") || name == "embed_tokens.weight" || name == "norm.weight";
      return (bare ? "model." : "") + std::string(name);
    }
    case Architecture::bert:
      drop_prefix(name, "bert.");
      if (name.ends_with("LayerNorm.gamma")) return std::string(name.substr(0, name.size() - 5)) + "weight";
      if (name.ends_with("LayerNorm.beta")) return std::string(name.substr(0, name.size() - 4)) + "bias";
      return std::string(name);
  }
  return std::string(name);
}

std::optional<GgufCounterpart> from_gguf_name(Architecture architecture, std::string_view name, bool permuted_rotary) {
  const Tables tables = tables_of(architecture);
  std::string prefix;
  const Pair* pair = nullptr;
  if (drop_prefix(name, "blk.")) {  // blk.<block>.<rest>
    const size_t dot = name.find('.');
    if (dot == 0 || dot == name.npos || name.find_first_not_of("0123456789") != dot) return std::nullopt;
    prefix = std::string(tables.block_prefix) + std::string(name.substr(0, dot + 1));
    pair = find(tables.block, name.substr(dot + 1));
  } else {
    pair = find(tables.top, name);
  }
  if (pair == nullptr) return std::nullopt;
  const bool as_stored = pair->layout == GgufLayout::rotary_pairs && !permuted_rotary;
  return GgufCounterpart{prefix + std::string(pair->hugging_face), as_stored ? GgufLayout::same : pair->layout};
}

}  // namespace rmt::model
