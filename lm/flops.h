// Floating-point operations of reading N tokens: full attention against the recurrent memory.
// `paper` is the count behind the RMT report's "up to 295 times" (every plotted point fits it): dense
// attention, 10 operations per attention score, head on every token, no embedding, no memory rows.
// `honest` is what this program computes: causal attention, memory rows, head on text rows only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"

namespace rmt::lm {

struct FlopsShape {
  std::string name;
  int64_t layers = 0, width = 0, ffn_width = 0, heads = 0, vocab_size = 0;
  int64_t kv_width = 0;  ///< of keys and of values; equal to `query_width` without grouped queries
  int64_t query_width = 0;
  bool gated_ffn = false;  ///< three products instead of two
};

/// opt-125m, opt-1.3b, opt-6.7b, opt-30b, opt-175b, gpt2.
const std::vector<FlopsShape>& named_shapes();
std::optional<FlopsShape> shape_by_name(std::string_view name);
FlopsShape shape_of(const model::BackboneConfig& config, const std::string& name);

/// One segment of `tokens`: F(S) = L [ S (8 d² + 4 d f) + S² (4 d + 10 h) ] + 2 S d V.
double paper_flops(const FlopsShape& shape, double tokens);

/// `rows` under a causal mask, the head on `head_rows` of them. Two operations a multiply-add; norms,
/// activations and softmax, below 1 % of it, are left out.
double honest_flops(const FlopsShape& shape, double rows, double head_rows);

/// What of a model is trained decides how much of the way back there is.
enum class TrainedWeights {
  all,  ///< gradients of inputs and of weights: twice the way there
  few   ///< an adapter or the memory: gradients of inputs only
};

/// One segment forwards and backwards, without what is computed twice to save memory: what model FLOPs utilisation
/// (MFU) counts.
double training_flops(const FlopsShape& shape, int64_t segment_length, int64_t memory_tokens, TrainedWeights trained);

/// Dense bf16 products of a GPU, in operations a second, by its name ("NVIDIA H200"): the vendor's figure without
/// sparsity. Nothing for a name that is not known.
std::optional<double> peak_bf16_flops(std::string_view gpu);

struct FlopsCount {
  double full = 0;       ///< the whole text in one attention
  double recurrent = 0;  ///< segment by segment
  double ratio() const { return full / recurrent; }
};

struct FlopsReport {
  int64_t tokens = 0, segment_length = 0, memory_tokens = 0;
  FlopsCount paper;   ///< N / T segments, a fraction where they do not divide
  FlopsCount honest;  ///< whole segments and a shorter last one; 2 M rows more in each
};

/// Throws std::invalid_argument for numbers below 1 (memory tokens: below 0).
FlopsReport count_flops(const FlopsShape& shape, int64_t tokens, int64_t segment_length, int64_t memory_tokens);

}  // namespace rmt::lm
