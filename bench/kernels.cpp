// bench_kernels: every operation of a segment against the plain way of libtorch and against its floor,
// which is what its arithmetic or its bytes cost on this machine at best. One line of JSON each.
#include <ATen/Parallel.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "model/kernels/kernels.h"
#include "model/ops/activation.h"
#include "model/ops/attention.h"
#include "model/ops/cross_entropy.h"
#include "model/ops/norm.h"
#include "model/threads.h"

namespace rmt::bench {
namespace {

using model::Precision;
using model::kernels::Activation;
using model::kernels::Product;
using nlohmann::json;

struct Options {
  int threads = model::available_cores();
  int64_t rows = 532, width = 768, ffn = 3072, heads = 12, vocabulary = 50257;
  double seconds = 0.3;  // for each measurement
};

Options parse(int argc, char** argv) {
  Options o;
  CLI::App app{"Times the operations of a segment, and what they could take at best"};
  app.add_option("--threads", o.threads)->capture_default_str();
  app.add_option("--rows", o.rows, "Rows of a segment, memory included")->capture_default_str();
  app.add_option("--width", o.width)->capture_default_str();
  app.add_option("--ffn", o.ffn)->capture_default_str();
  app.add_option("--heads", o.heads)->capture_default_str();
  app.add_option("--vocabulary", o.vocabulary)->capture_default_str();
  app.add_option("--seconds", o.seconds, "Time for each measurement")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return o;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The shortest of as many runs as fit the time, in seconds; the first is not counted.
double shortest(double budget, const std::function<void()>& run) {
  run();
  double best = 1e9;
  for (const double end = seconds_now() + budget; seconds_now() < end;) {
    const double start = seconds_now();
    run();
    best = std::min(best, seconds_now() - start);
  }
  return best;
}

/// Products of one block with everything in the caches, on all threads: operations a second.
double ceiling(const Product& product, const Options& o) {
  constexpr int64_t kWords = 192, kRounds = 200;
  const int64_t rows = 4 * product.best_rows, columns = model::kernels::kernels().panel_columns;
  const int64_t in_a_word = 4 / model::kernels::bytes_of(product.weight);
  const int64_t row_bytes = kWords * in_a_word * model::kernels::bytes_of(product.input);
  const double seconds = shortest(o.seconds, [&] {
    model::for_each_task(o.threads, [&](int64_t) {
      const auto inputs = at::zeros({rows, row_bytes}, at::kByte),
                 panel = at::zeros({kWords + 1, 4 * columns}, at::kByte);
      const auto sums = at::zeros({rows, columns}, at::kFloat);
      model::kernels::ProductTile tile;
      tile.inputs = inputs.const_data_ptr();
      tile.input_stride = row_bytes;
      tile.rows = rows;
      tile.panel = panel.const_data_ptr();
      tile.words = kWords;
      tile.sums = sums.data_ptr();
      tile.sum_stride = columns;
      product.begin();
      for (int64_t round = 0; round < kRounds; ++round) product.multiply(tile);
      product.end();
    });
  });
  return 2.0 * static_cast<double>(o.threads * kRounds * rows * columns * kWords * in_a_word) / seconds;
}

/// Bytes a second that all threads together read from memory too large for the caches.
double bandwidth(const Options& o) {
  const auto memory = at::ones({int64_t{96} << 20}, at::kFloat);
  const int64_t part = memory.numel() / o.threads;
  std::vector<double> sums(static_cast<size_t>(o.threads));
  const double seconds = shortest(o.seconds, [&] {
    model::for_each_task(o.threads, [&](int64_t thread) {
      const float* from = memory.const_data_ptr<float>() + thread * part;
      float lanes[64] = {};
      for (int64_t i = 0; i + 64 <= part; i += 64)
        for (int64_t lane = 0; lane < 64; ++lane) lanes[lane] += from[i + lane];
      for (const float lane : lanes) sums[static_cast<size_t>(thread)] += lane;
    });
  });
  return static_cast<double>(o.threads * part * 4) / seconds;
}

class Bench {
 public:
  explicit Bench(const Options& options) : o_(options) {}

  void run() {
    const auto& table = model::kernels::kernels();
    bandwidth_ = bandwidth(o_);
    peak_ = {ceiling(table.fp32, o_), ceiling(table.bf16, o_), ceiling(table.int8, o_), ceiling(table.int8, o_) / 2};
    print({{"machine",
            {{"instructions", name(table.isa)},
             {"threads", o_.threads},
             {"fp32_gflops", peak_[0] * 1e-9},
             {"bf16_gflops", peak_[1] * 1e-9},
             {"int8_gops", peak_[2] * 1e-9},
             {"read_gbytes", bandwidth_ * 1e-9}}}});
    for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2}) {
      linears(precision);
      head(precision);
    }
    for (const auto type : {at::kFloat, at::kBFloat16}) {
      attention(type);
      norms(type);
      activations(type);
    }
  }

 private:
  double peak(Precision precision) const { return peak_[static_cast<size_t>(precision)]; }

  static void print(const json& line) { std::cout << line.dump() << std::endl; }

  // `plain` is the same by libtorch alone; null where it has nothing of the kind.
  void report(const std::string& op, std::string_view numbers, double floor, const std::function<void()>& fast,
              const std::function<void()>& plain) const {
    const double seconds = shortest(o_.seconds, fast);
    json line{{"op", op}, {"numbers", numbers}, {"ms", seconds * 1e3}, {"floor_ms", floor * 1e3}};
    line["of_floor"] = floor / seconds;
    if (plain) line["libtorch_ms"] = shortest(o_.seconds, plain) * 1e3;
    print(line);
  }

  void linears(Precision precision) const {
    const struct {
      const char* op;
      int64_t in, out;
      Activation activation;
    } shapes[] = {{"qkv", o_.width, 3 * o_.width, Activation::none},
                  {"attention_out", o_.width, o_.width, Activation::none},
                  {"ffn_in + gelu", o_.width, o_.ffn, Activation::gelu_tanh},
                  {"ffn_out", o_.ffn, o_.width, Activation::none}};
    const bool narrow = precision == Precision::bf16;
    const auto type = narrow ? at::kBFloat16 : at::kFloat;
    for (const auto& shape : shapes)
      for (const int64_t rows : {o_.rows, int64_t{1}}) {
        const auto x = at::randn({rows, shape.in}).to(type), weight = at::randn({shape.out, shape.in});
        const auto bias = at::randn({shape.out}), plain_weight = weight.to(type), plain_bias = bias.to(type);
        model::ops::Linear linear(weight, bias);
        linear.pack(precision);
        const double flop = 2.0 * static_cast<double>(rows * shape.in * shape.out);
        const double bytes = static_cast<double>(shape.in * shape.out) * weight_bytes(precision);
        const auto plain = [&] {
          const auto y = at::linear(x, plain_weight, plain_bias);
          if (shape.activation != Activation::none) at::gelu(y, "tanh");
        };
        report(
            rows == 1 ? std::string(shape.op) + ", one row" : shape.op, name(precision),
            std::max(flop / peak(precision), rows == 1 ? bytes / bandwidth_ : 0.0),
            [&] { linear(x, shape.activation); },
            precision == Precision::fp32 || narrow ? std::function<void()>(plain) : nullptr);
      }
  }

  static double weight_bytes(Precision precision) {
    return precision == Precision::fp32 ? 4 : precision == Precision::bf16 ? 2 : 1;
  }

  void head(Precision precision) const {
    const auto table = at::randn({o_.vocabulary, o_.width}).mul(0.02), hidden = at::randn({o_.rows, o_.width});
    const auto targets = at::randint(o_.vocabulary, {o_.rows}, at::kLong);
    model::ops::Linear packed(table), plain_head(table);
    packed.pack(precision);
    const auto plain = [&] {  // with gradients wanted but nothing that needs them: libtorch, chunk by chunk
      const c10::AutoGradMode on(true);
      model::ops::token_nll(plain_head, hidden, targets);
    };
    report(
        "head + cross-entropy", name(precision),
        2.0 * static_cast<double>(o_.rows * o_.width * o_.vocabulary) / peak(precision),
        [&] { model::ops::token_nll(packed, hidden, targets); },
        precision == Precision::fp32 ? std::function<void()>(plain) : nullptr);
  }

  void attention(at::ScalarType type) const {
    const int64_t size = o_.width / o_.heads;
    const auto qkv = at::randn({1, o_.rows, 3, o_.heads, size}).to(type);
    const auto run = [&] {
      model::ops::attention(qkv.select(2, 0), qkv.select(2, 1), qkv.select(2, 2), model::ops::AttentionMask{});
    };
    const double flop = 2.0 * static_cast<double>(o_.rows * (o_.rows + 1) * o_.width);
    report("causal attention", type_name(type), flop / peak(type == at::kFloat ? Precision::fp32 : Precision::bf16),
           run, [&] {
             const c10::AutoGradMode on(true);
             run();
           });
  }

  void norms(at::ScalarType type) const {
    const model::ops::Norm norm{at::ones({o_.width}), at::zeros({o_.width}), 1e-5};
    auto x = at::randn({o_.rows, o_.width});
    const auto delta = at::randn({o_.rows, o_.width}).mul(1e-3).to(type);
    const double bytes = static_cast<double>(x.numel()) * (8.0 + 2.0 * static_cast<double>(delta.element_size()));
    report(
        "residual + layer norm", type_name(type), bytes / bandwidth_,
        [&] { model::ops::add_normalize(x, delta, norm, type); },
        [&] {
          const c10::AutoGradMode on(true);
          auto y = x;
          model::ops::add_normalize(y, delta, norm, type);
        });
  }

  void activations(at::ScalarType type) const {
    const auto x = at::randn({o_.rows, o_.ffn}).to(type), both = at::randn({o_.rows, 2 * o_.ffn}).to(type);
    const double bytes = static_cast<double>(x.numel() * x.element_size());
    report(
        "gelu", type_name(type), 2 * bytes / bandwidth_, [&] { model::ops::gelu_tanh(x.clone()); },
        [&] { at::gelu(x.clone(), "tanh"); });
    report(
        "swiglu", type_name(type), 3 * bytes / bandwidth_, [&] { model::ops::swiglu(both); },
        [&] {
          const c10::AutoGradMode on(true);
          model::ops::swiglu(both);
        });
  }

  static const char* type_name(at::ScalarType type) { return type == at::kFloat ? "fp32" : "bf16"; }

  Options o_;
  double bandwidth_ = 0;
  std::array<double, 4> peak_{};  // by Precision
};

}  // namespace
}  // namespace rmt::bench

int main(int argc, char** argv) try {
  const auto options = rmt::bench::parse(argc, argv);
  rmt::model::configure_threads(options.threads);
  const c10::AutoGradMode off(false);
  rmt::bench::Bench(options).run();
} catch (const std::exception& error) {
  std::cerr << "bench_kernels: " << error.what() << "\n";
  return 1;
}
