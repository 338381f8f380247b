// Packed linear layers: the accuracy of every precision, and a row that is the same in every company.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <limits>

#include "model/ops/linear.h"
#include "model/ops/matrix_product.h"
#include "tests/model/ops/without_gradients.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using model::Precision;
using model::ops::Activation;
using model::ops::Linear;

constexpr Precision kAll[] = {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2, Precision::int4};

Linear packed(const at::Tensor& weight, const at::Tensor& bias, Precision precision) {
  Linear linear(weight.clone(), bias);
  linear.pack(precision);
  return linear;
}

/// Root of the mean square of the error, over that of the exact result.
double relative_error(const at::Tensor& out, const at::Tensor& exact) {
  const auto difference = out.to(at::kDouble).sub(exact);
  return std::sqrt(difference.square().mean().item<double>() / exact.square().mean().item<double>());
}

at::Tensor exact_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble));
}

TEST_CASE("every precision is as accurate as its numbers allow") {
  at::manual_seed(1);
  for (const auto& [rows, in, out] : {std::tuple{1, 64, 33}, {7, 100, 50}, {70, 768, 200}, {33, 81, 7}}) {
    CAPTURE(in);
    const auto x = at::randn({rows, in}), weight = at::randn({out, in}), bias = at::randn({out});
    const auto exact = exact_linear(x, weight, bias);
    const auto error = [&](Precision precision) {
      return without_gradients([&] { return relative_error(packed(weight, bias, precision)(x), exact); });
    };
    CHECK(error(Precision::fp32) < 1e-6);
    CHECK(error(Precision::bf16) < 8e-3);
    const double int8 = error(Precision::int8), int8x2 = error(Precision::int8x2);
    CHECK(int8 < 2.5e-2);
    CHECK(int8x2 < 1.5e-2);
    CHECK(int8x2 < int8);
    CHECK(error(Precision::int4) < 0.11);
  }
}

TEST_CASE("with weights that int8 holds exactly, two bytes of activations lose next to nothing") {
  at::manual_seed(2);
  auto weight = at::randn({40, 256}).mul(30).round().clamp(-127, 127);
  weight.select(1, 0).fill_(127);
  const auto x = at::randn({9, 256}), bias = at::zeros({40});
  const auto exact = exact_linear(x, weight, bias);
  without_gradients([&] {
    const double int8 = relative_error(packed(weight, bias, Precision::int8)(x), exact);
    const double int8x2 = relative_error(packed(weight, bias, Precision::int8x2)(x), exact);
    CHECK(int8x2 < int8 / 100);
    CHECK(int8x2 < 1e-4);
    return 0;
  });
}

TEST_CASE("with weights that blocks of 4 bits hold exactly, only the activations are rounded") {
  at::manual_seed(8);
  auto nibbles = at::randint(0, 16, {40, 8, 32}, at::kFloat);
  nibbles.select(2, 3).fill_(0);
  nibbles.select(2, 17).fill_(15);
  const auto scales = at::randint(1, 9, {40, 8, 1}, at::kFloat).mul(0.125);
  const auto weight = (nibbles * scales - 6.5 * scales).view({40, 256});  // scales and lowest values are exact in bf16
  const auto x = at::randn({9, 256}), bias = at::randn({40});
  const auto exact = exact_linear(x, weight, bias);
  without_gradients([&] {
    CHECK(relative_error(packed(weight, bias, Precision::int4)(x), exact) < 6e-3);
    const auto whole = at::randint(-127, 128, {3, 256}, at::kFloat);
    auto bytes = whole.clone();
    bytes.view({3, 8, 32}).select(2, 0).fill_(127);  // activations that bytes hold exactly, too
    CHECK(relative_error(packed(weight, bias, Precision::int4)(bytes), exact_linear(bytes, weight, bias)) < 1e-6);
    return 0;
  });
}

TEST_CASE("every instruction set gives the same product") {
  at::manual_seed(3);
  const auto x = at::randn({21, 96}), weight = at::randn({70, 96}), bias = at::randn({70});
  without_gradients([&] {
    for (const Precision precision : kAll) {
      at::Tensor first;
      for (const auto isa : model::kernels::available()) {
        CAPTURE(std::string(name(isa)));
        const model::ops::PackedWeight each(weight.clone(), bias, precision, *model::kernels::kernels_for(isa));
        const auto out = apply(each, x, Activation::none);
        if (!first.defined()) first = out;
        CHECK(max_difference(out, first) < (precision == Precision::bf16 ? 0.15 : 3e-5));
      }
    }
    return 0;
  });
}

TEST_CASE("the result has the packed type and the shape of the input") {
  const auto x = at::randn({2, 3, 64}), weight = at::randn({10, 64});
  without_gradients([&] {
    for (const Precision precision : kAll) {
      const auto linear = packed(weight, {}, precision);
      CHECK(linear.in_features() == 64);
      CHECK(linear.out_features() == 10);
      CHECK(!linear.weight().defined());
      for (const auto& input : {x, x.to(at::kBFloat16)}) {
        const auto out = linear(input);
        CHECK((out.sizes() == at::IntArrayRef({2, 3, 10})));
        CHECK((out.scalar_type() == (precision == Precision::bf16 ? at::kBFloat16 : at::kFloat)));
      }
      CHECK((linear(x.narrow(1, 0, 0)).sizes() == at::IntArrayRef({2, 0, 10})));
    }
    return 0;
  });
}

TEST_CASE("a row is bit for bit the same alone, in a batch, in a view, on any number of threads") {
  at::manual_seed(4);
  const auto x = at::randn({75, 768}), weight = at::randn({300, 768}), bias = at::randn({300});
  for (const Precision precision : kAll) {
    CAPTURE(std::string(name(precision)));
    const auto linear = packed(weight, bias, precision);
    const auto one = on_threads(1, [&] { return linear(x); });
    CHECK(same_bits(on_threads(2, [&] { return linear(x); }), one));
    CHECK(same_bits(on_threads(3, [&] { return linear(x); }), one));
    for (const int64_t row : {0, 15, 16, 40, 74})
      CHECK(same_bits(on_threads(2, [&] { return linear(x.narrow(0, row, 1)); }), one.narrow(0, row, 1)));
    CHECK(same_bits(on_threads(2, [&] { return linear(x.narrow(0, 3, 50)); }), one.narrow(0, 3, 50)));
    const auto strided = at::cat({x, x}, 1).narrow(1, 0, 768);  // rows apart
    CHECK(same_bits(on_threads(2, [&] { return linear(strided); }), one));
  }
}

TEST_CASE("the activation belongs to the product") {
  at::manual_seed(5);
  const auto x = at::randn({20, 64}), weight = at::randn({48, 64}).mul(0.3), bias = at::randn({48});
  const auto exact = at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble));
  without_gradients([&] {
    const auto linear = packed(weight, bias, Precision::fp32);
    CHECK(max_difference(linear(x, Activation::gelu_tanh), at::gelu(exact, "tanh")) < 1e-5);
    CHECK(max_difference(linear(x, Activation::gelu_erf), at::gelu(exact)) < 1e-5);
    const auto plain = Linear(weight, bias);
    CHECK(max_difference(plain(x, Activation::gelu_tanh), at::gelu(exact, "tanh")) < 1e-5);
    return 0;
  });
}

TEST_CASE("an fp32 weight that is held elsewhere is not copied, and gives the same bits") {
  at::manual_seed(6);
  const auto table = at::randn({100, 64}), x = at::randn({30, 64});
  without_gradients([&] {
    Linear shared(table), own(table.clone());
    shared.pack(Precision::fp32);
    own.pack(Precision::fp32);
    CHECK(!shared.packed()->keeps_panels());
    CHECK(own.packed()->keeps_panels());
    CHECK(same_bits(shared(x), own(x)));
    return 0;
  });
}

TEST_CASE("a NaN or an infinity shows in its row, in every precision, and nowhere else") {
  at::manual_seed(7);
  const auto weight = at::randn({20, 64});
  for (const Precision precision : kAll)
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
      auto x = at::randn({18, 64});
      x.select(0, 11).select(0, 5).fill_(bad);
      const auto out = without_gradients([&] { return packed(weight, {}, precision)(x); });
      for (int64_t row = 0; row < 18; ++row)
        CHECK(out.select(0, row).to(at::kFloat).sum().isfinite().item<bool>() == (row != 11));
    }
}

TEST_CASE("gradients flow until the weight is packed") {
  auto weight = at::randn({5, 8}).requires_grad_(), x = at::randn({3, 8}).requires_grad_();
  Linear(weight, at::zeros({5}))(x, Activation::gelu_tanh).sum().backward();
  CHECK(weight.grad().abs().sum().item<double>() > 0);
  CHECK(x.grad().abs().sum().item<double>() > 0);
}

}  // namespace
}  // namespace rmt::tests
