#include "model/config.h"

#include <vector>

#include "model/error.h"

namespace rmt::model {

std::string_view name(Architecture architecture) {
  switch (architecture) {
    case Architecture::gpt2: return "gpt2";
    case Architecture::llama: return "llama";
    case Architecture::bert: return "bert";
  }
  return "unknown";
}

void validate(const BackboneConfig& c) {
  // Far above any real model, and small enough that no product of two of them overflows.
  constexpr int64_t kMostRows = int64_t{1} << 30, kMostWidth = int64_t{1} << 20;
  std::string problems;
  const auto require = [&](bool ok, const std::string& problem) {
    if (!ok) problems += (problems.empty() ? "" : "; ") + problem;
  };
  const auto in_range = [&](const char* field, int64_t value, int64_t most) {
    require(value >= 1 && value <= most,
            std::string(field) + " is " + std::to_string(value) + ", expected 1 to " + std::to_string(most));
  };
  in_range("vocab_size", c.vocab_size, kMostRows);
  in_range("width", c.width, kMostWidth);
  require(c.layers >= 0 && c.layers <= 4096, "layers is " + std::to_string(c.layers) + ", expected 0 to 4096");
  in_range("heads", c.heads, 65536);
  in_range("kv_heads", c.kv_heads, 65536);
  in_range("head_size", c.head_size, kMostWidth);
  in_range("ffn_width", c.ffn_width, kMostWidth);
  in_range("max_positions", c.max_positions, kMostRows);
  if (problems.empty()) {
    require(c.heads % c.kv_heads == 0, "heads (" + std::to_string(c.heads) + ") is not a multiple of kv_heads (" +
                                           std::to_string(c.kv_heads) + ")");
    if (c.architecture == Architecture::llama)
      require(c.head_size % 2 == 0, "head_size (" + std::to_string(c.head_size) + ") must be even for RoPE");
    else
      require(c.heads * c.head_size == c.width, "heads x head_size is not width");
    if (c.architecture == Architecture::bert) in_range("type_vocab_size", c.type_vocab_size, 65536);
  }
  require(c.norm_eps > 0 && c.norm_eps < 1, "norm_eps must lie between 0 and 1");
  require(c.rope_theta > 0, "rope_theta must be positive");
  if (!problems.empty()) throw Error(Errc::malformed, "model configuration: " + problems);
}

}  // namespace rmt::model
