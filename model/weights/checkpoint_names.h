// The one spelling of a tensor's name that the rest of the program knows, whatever the checkpoint used.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/config.h"

namespace rmt::model {

/// Hugging Face checkpoints differ in the prefix (a bare model or one with a head) and, for old BERTs,
/// in the names of the norms' parameters. Here: GPT-2 `h.0.ln_1.weight`, Llama
/// `model.layers.0.input_layernorm.weight`, BERT `encoder.layer.0.output.LayerNorm.weight`.
std::string canonical_name(Architecture architecture, std::string_view name);

/// How a GGUF tensor differs from its counterpart in a Hugging Face checkpoint.
enum class GgufLayout {
  same,
  transposed,    ///< GPT-2's Conv1D weights: [out, in] here, [in, out] there
  rotary_pairs,  ///< rows of each head interleaved for a RoPE of neighbours; there, halves
};

struct GgufCounterpart {
  std::string name;
  GgufLayout layout;
};

/// The canonical name of a GGUF tensor and its layout; nothing for a tensor that is no part of the
/// architecture as this program runs it. `permuted_rotary`: the file is of llama.cpp's architecture
/// "llama", whose converter interleaves q and k (the one of "qwen2" does not).
std::optional<GgufCounterpart> from_gguf_name(Architecture architecture, std::string_view name, bool permuted_rotary);

}  // namespace rmt::model
