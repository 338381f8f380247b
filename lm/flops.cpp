#include "lm/flops.h"

#include <algorithm>
#include <stdexcept>

namespace rmt::lm {

namespace {

// Layers, width, feed-forward width, heads, vocabulary.
FlopsShape plain(std::string name, int64_t l, int64_t d, int64_t f, int64_t h, int64_t v) {
  return {std::move(name), l, d, f, h, v, d, d, false};
}

double product(double rows, int64_t in, int64_t out) {
  return 2 * rows * static_cast<double>(in) * static_cast<double>(out);
}

}  // namespace

const std::vector<FlopsShape>& named_shapes() {
  static const std::vector<FlopsShape> shapes = {
      plain("opt-125m", 12, 768, 3072, 12, 50272),    plain("opt-1.3b", 24, 2048, 8192, 32, 50272),
      plain("opt-6.7b", 32, 4096, 16384, 32, 50272),  plain("opt-30b", 48, 7168, 28672, 56, 50272),
      plain("opt-175b", 96, 12288, 49152, 96, 50272), plain("gpt2", 12, 768, 3072, 12, 50257),
  };
  return shapes;
}

std::optional<FlopsShape> shape_by_name(std::string_view name) {
  for (const FlopsShape& shape : named_shapes())
    if (shape.name == name) return shape;
  return std::nullopt;
}

FlopsShape shape_of(const model::BackboneConfig& config, const std::string& name) {
  return {name,
          config.layers,
          config.width,
          config.ffn_width,
          config.heads,
          config.vocab_size,
          config.kv_heads * config.head_size,
          config.heads * config.head_size,
          config.architecture == model::Architecture::llama};
}

double paper_flops(const FlopsShape& shape, double tokens) {
  const auto d = static_cast<double>(shape.width), f = static_cast<double>(shape.ffn_width),
             h = static_cast<double>(shape.heads), l = static_cast<double>(shape.layers),
             v = static_cast<double>(shape.vocab_size);
  return l * (tokens * (8 * d * d + 4 * d * f) + tokens * tokens * (4 * d + 10 * h)) + 2 * tokens * d * v;
}

double honest_flops(const FlopsShape& shape, double rows, double head_rows) {
  const double projections = product(rows, shape.width, shape.query_width + 2 * shape.kv_width) +
                             product(rows, shape.query_width, shape.width);
  const double scores = rows * (rows + 1) / 2;  // pairs a causal mask leaves
  const double attention = 2 * 2 * scores * static_cast<double>(shape.query_width);
  const double ffn = (shape.gated_ffn ? 3 : 2) * product(rows, shape.width, shape.ffn_width);
  return static_cast<double>(shape.layers) * (projections + attention + ffn) +
         product(head_rows, shape.width, shape.vocab_size);
}

double training_flops(const FlopsShape& shape, int64_t segment_length, int64_t memory_tokens, TrainedWeights trained) {
  const auto t = static_cast<double>(segment_length), m = static_cast<double>(memory_tokens);
  return (trained == TrainedWeights::all ? 3 : 2) * honest_flops(shape, t + 2 * m, t);
}

std::optional<double> peak_bf16_flops(std::string_view gpu) {
  struct Peak {
    std::string_view name;
    double flops;
  };
  // The longer name first where one begins with another.
  static constexpr Peak kPeaks[] = {
      {"B200", 2250e12},    {"GH200", 989e12},     {"H200 NVL", 835e12}, {"H200", 989e12},
      {"H100 NVL", 835e12}, {"H100 PCIe", 756e12}, {"H100", 989e12},     {"A100", 312e12},
      {"L40S", 362e12},     {"L40", 181e12},       {"L4", 121e12},       {"A40", 150e12},
      {"A10G", 70e12},      {"A10", 125e12},       {"RTX 4090", 165e12}, {"RTX 3090", 71e12}};
  for (const Peak& peak : kPeaks)
    if (gpu.find(peak.name) != std::string_view::npos) return peak.flops;
  return std::nullopt;
}

FlopsReport count_flops(const FlopsShape& shape, int64_t tokens, int64_t segment_length, int64_t memory_tokens) {
  if (tokens < 1 || segment_length < 1 || memory_tokens < 0)
    throw std::invalid_argument("tokens and segment length are at least 1, memory tokens at least 0");
  const auto n = static_cast<double>(tokens), t = static_cast<double>(segment_length);
  const auto memory_rows = 2 * static_cast<double>(memory_tokens);
  const auto whole = static_cast<double>(tokens / segment_length), rest = static_cast<double>(tokens % segment_length);

  FlopsReport report{tokens, segment_length, memory_tokens, {}, {}};
  report.paper = {paper_flops(shape, n), n / t * paper_flops(shape, t)};
  report.honest = {honest_flops(shape, n, n), whole * honest_flops(shape, t + memory_rows, t)};
  if (rest > 0) report.honest.recurrent += honest_flops(shape, rest + memory_rows, rest);
  return report;
}

}  // namespace rmt::lm
