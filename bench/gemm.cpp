// bench_gemm: the matrix products of one segment and nothing else, through MKL or oneDNN. What the
// linear layers could cost at best, so that bench_segment's time can be read as a share of it.
#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/_int_mm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <c10/core/GradMode.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "bench/turns.h"
#include "model/weights/weight_source.h"

namespace rmt::bench {
namespace {

enum class Arithmetic { fp32, bf16, int8 };

struct Options {
  std::string model;
  Arithmetic arithmetic = Arithmetic::fp32;
  int64_t memory_tokens = 10, segment_length = 512;
  int64_t segments = 2;
  bool packed = false;
  Turns turns;
};

Options parse(int argc, char** argv) {
  Options o;
  CLI::App app{"Times a segment's matrix products alone"};
  const std::map<std::string, Arithmetic> arithmetics{
      {"fp32", Arithmetic::fp32}, {"bf16", Arithmetic::bf16}, {"int8", Arithmetic::int8}};
  app.add_option("--model", o.model, "Model folder or GGUF file: only its configuration is used")->required();
  app.add_option("--arithmetic", o.arithmetic)->transform(CLI::CheckedTransformer(arithmetics));
  app.add_option("--memory-tokens", o.memory_tokens)->capture_default_str();
  app.add_option("--segment-length", o.segment_length)->capture_default_str();
  app.add_option("--segments", o.segments, "Segments in one measurement")->capture_default_str();
  app.add_flag("--packed", o.packed, "Weights packed by oneDNN instead of plain ones (fp32 and bf16)");
  add_turns_options(app, o.turns);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return o;
}

struct Shape {
  int64_t rows, in, out;
  double flop() const { return 2.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out); }
};

// A product as the model would run it: x [rows, in] times Wᵀ, W [out, in].
class Product {
 public:
  Product(const Shape& shape, const Options& o) : arithmetic_(o.arithmetic), packed_(o.packed) {
    const auto matrix = [&](int64_t n, int64_t m) {
      if (arithmetic_ == Arithmetic::int8) return at::randint(-127, 127, {n, m}, at::kChar);
      return at::randn({n, m}).to(arithmetic_ == Arithmetic::bf16 ? at::kBFloat16 : at::kFloat);
    };
    x_ = matrix(shape.rows, shape.in);
    weight_ = matrix(shape.out, shape.in);
    if (packed_) weight_ = pack(weight_, shape.rows);
  }

  void run() const {
    if (arithmetic_ == Arithmetic::int8)
      at::_int_mm(x_, weight_.t());
    else if (packed_)
      multiply_packed();
    else
      at::mm(x_, weight_.t());
  }

 private:
  static at::Tensor pack(const at::Tensor& weight, int64_t rows) {
    static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", "");
    c10::Stack stack{weight, rows};
    op.callBoxed(stack);
    return stack.front().toTensor();
  }

  void multiply_packed() const {
    static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "");
    c10::Stack stack{x_, weight_, c10::IValue(), "none", c10::List<std::optional<at::Scalar>>(), c10::IValue()};
    op.callBoxed(stack);
  }

  Arithmetic arithmetic_;
  bool packed_;
  at::Tensor x_, weight_;
};

std::vector<Shape> shapes_of_segment(const model::BackboneConfig& c, const Options& o) {
  const int64_t rows = o.segment_length + 2 * o.memory_tokens;
  const int64_t qkv = (c.heads + 2 * c.kv_heads) * c.head_size;
  const bool gated = c.architecture == model::Architecture::llama;
  std::vector<Shape> shapes;
  for (int64_t layer = 0; layer < c.layers; ++layer) {
    shapes.push_back({rows, c.width, qkv});
    shapes.push_back({rows, c.heads * c.head_size, c.width});
    shapes.push_back({rows, c.width, gated ? 2 * c.ffn_width : c.ffn_width});
    shapes.push_back({rows, c.ffn_width, c.width});
  }
  shapes.push_back({o.segment_length, c.width, c.vocab_size});
  return shapes;
}

void run(const Options& o) {
  const c10::NoGradGuard no_grad;
  std::vector<Product> products;
  double flop = 0;
  for (const Shape& shape : shapes_of_segment(model::open_model_files(o.model).config, o)) {
    products.emplace_back(shape, o);
    flop += shape.flop();
  }
  take_turns(o.turns, {{"ready", "bench_gemm"}, {"flop_per_segment", flop}}, [&]() -> nlohmann::json {
    for (int64_t i = 0; i < o.segments; ++i)
      for (const Product& product : products) product.run();
    return {{"tokens", o.segments * o.segment_length}};
  });
}

}  // namespace
}  // namespace rmt::bench

int main(int argc, char** argv) try {
  rmt::bench::run(rmt::bench::parse(argc, argv));
} catch (const std::exception& error) {
  std::cerr << "bench_gemm: " << error.what() << "\n";
  return 1;
}
