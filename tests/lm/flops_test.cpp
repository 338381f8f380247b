#include "lm/flops.h"

#include <cmath>
#include <stdexcept>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

FlopsReport count(const char* name, int64_t tokens, int64_t memory_tokens = 10) {
  return count_flops(*shape_by_name(name), tokens, 512, memory_tokens);
}

bool within(double value, double expected, double tolerance) {
  return std::abs(value / expected - 1) <= tolerance;
}

TEST_CASE("the paper's counts at 2,048,000 tokens") {
  struct Row {
    const char* name;
    double segment, full, recurrent, ratio;
  };
  const Row rows[] = {{"opt-125m", 1.3655e11, 1.6116e17, 5.4620e14, 295.07},
                      {"opt-1.3b", 1.3959e12, 8.6222e17, 5.5837e15, 154.42},
                      {"opt-6.7b", 6.948e12, 2.2692e18, 2.7792e16, 81.65},
                      {"opt-30b", 3.1042e13, 6.0079e18, 1.2417e17, 48.38},
                      {"opt-175b", 1.8001e14, 2.0893e19, 7.2006e17, 29.02}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const FlopsReport report = count(row.name, 2048000);
    CHECK(within(paper_flops(*shape_by_name(row.name), 512), row.segment, 1e-3));
    CHECK(within(report.paper.full, row.full, 1e-3));
    CHECK(within(report.paper.recurrent, row.recurrent, 1e-3));
    CHECK(within(report.paper.ratio(), row.ratio, 1e-3));
  }
}

TEST_CASE("the paper's ratios at 64 segments") {
  const std::pair<const char*, double> rows[] = {
      {"opt-125m", 5.63}, {"opt-1.3b", 3.42}, {"opt-6.7b", 2.27}, {"opt-30b", 1.75}, {"opt-175b", 1.44}};
  for (const auto& [name, ratio] : rows) CHECK(std::abs(count(name, 32768).paper.ratio() - ratio) < 0.006);
}

TEST_CASE("GPT-2 as it is computed here: 135.1 GFLOP a segment, 147 times less at 2,097,152 tokens") {
  const FlopsReport report = count("gpt2", 2097152);
  CHECK(within(report.honest.recurrent / 4096, 135.1e9, 1e-3));
  CHECK(within(report.honest.full, 8.16e16, 2e-3));
  CHECK(within(report.honest.ratio(), 147.4, 3e-3));
}

TEST_CASE("memory rows cost, and a short last segment costs less than a whole one") {
  CHECK(count("gpt2", 5120, 10).honest.recurrent > 1.02 * count("gpt2", 5120, 0).honest.recurrent);
  const double whole = count("gpt2", 512).honest.recurrent;
  CHECK(count("gpt2", 512 + 100).honest.recurrent - whole < 0.3 * whole);
  CHECK(within(count("gpt2", 512, 0).honest.ratio(), 1, 1e-12));
}

TEST_CASE("grouped queries and gated feed-forward layers are counted as they are") {
  model::BackboneConfig config{.architecture = model::Architecture::llama,
                               .vocab_size = 100,
                               .width = 64,
                               .layers = 2,
                               .heads = 8,
                               .kv_heads = 2,
                               .head_size = 8,
                               .ffn_width = 96};
  const FlopsShape shape = shape_of(config, "small");
  const double projections = 2 * 64 * (64 + 16 + 16 + 64), ffn = 2 * 3 * 64 * 96, head = 2 * 64 * 100;
  CHECK(honest_flops(shape, 1, 1) == 2 * (projections + ffn + 4 * 64) + head);
}

TEST_CASE("numbers that make no sense are refused") {
  CHECK_THROWS_AS(count("gpt2", 0), std::invalid_argument);
  CHECK_THROWS_AS(count("gpt2", 1, -1), std::invalid_argument);
  CHECK(!shape_by_name("opt-2.7b"));
}

TEST_CASE("a training step of GPT-2, counted by hand") {
  // A segment of 512 tokens between 2 x 10 memory rows, 12 layers of width 768: products of 12 D² a row and layer,
  // causal attention of 2 D a pair twice over, the head on the text rows; two operations a multiply-add.
  const double rows = 532, width = 768, layers = 12;
  const double body = 2 * rows * 12 * width * width * layers;
  const double attention = 4 * width * (rows * (rows + 1) / 2) * layers;
  const double head = 2 * 512 * width * 50257;
  CHECK(within(body, 90.37e9, 1e-3));
  CHECK(within(attention, 5.23e9, 1e-3));
  CHECK(within(head, 39.52e9, 1e-3));
  const FlopsShape gpt2 = *shape_by_name("gpt2");
  CHECK(within(training_flops(gpt2, 512, 10, TrainedWeights::all), 3 * (body + attention + head), 1e-12));
  CHECK(within(training_flops(gpt2, 512, 10, TrainedWeights::few), 2 * (body + attention + head), 1e-12));
}

TEST_CASE("the peaks of GPUs by their names") {
  CHECK(peak_bf16_flops("NVIDIA H200") == 989e12);
  CHECK(peak_bf16_flops("NVIDIA H100 80GB HBM3") == 989e12);
  CHECK(peak_bf16_flops("NVIDIA H100 PCIe") == 756e12);
  CHECK(peak_bf16_flops("NVIDIA A100-SXM4-80GB") == 312e12);
  CHECK(peak_bf16_flops("NVIDIA L4") == 121e12);
  CHECK(peak_bf16_flops("NVIDIA L40S") == 362e12);
  CHECK(!peak_bf16_flops("GeForce GT 710").has_value());
}

}  // namespace
}  // namespace rmt::lm
