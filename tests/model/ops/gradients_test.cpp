// Backward passes through the kernels against ATen's own, in double.
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <functional>
#include <vector>

#include "model/ops/activation.h"
#include "model/ops/attention.h"
#include "model/ops/linear.h"
#include "model/ops/norm.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using Tensors = std::vector<at::Tensor>;
using Function = std::function<at::Tensor(const Tensors&)>;

struct Result {
  at::Tensor output;
  Tensors gradients;
};

// Leaves of `dtype` with these values go through f; `weight` is the gradient of its output.
Result differentiate(const Function& f, const Tensors& values, const at::Tensor& weight, at::ScalarType dtype) {
  Tensors leaves;
  for (const at::Tensor& value : values) leaves.push_back(value.to(dtype, false, /*copy=*/true).requires_grad_());
  const at::Tensor output = f(leaves);
  torch::autograd::backward({output}, {weight.to(output.scalar_type())});
  Result result{output.detach(), {}};
  for (const at::Tensor& leaf : leaves) result.gradients.push_back(leaf.grad());
  return result;
}

// Output and all gradients, relative to the largest entry of each.
double worst_error(const Function& fast, const Function& exact, const Tensors& values,
                   at::ScalarType dtype = at::kFloat) {
  Tensors wide;
  for (const at::Tensor& value : values) wide.push_back(value.to(at::kDouble));
  const at::Tensor weight = at::randn(exact(wide).sizes());
  const Result a = differentiate(fast, values, weight, dtype), b = differentiate(exact, values, weight, at::kDouble);
  const auto relative = [](const at::Tensor& x, const at::Tensor& y) {
    return max_difference(x.to(at::kDouble), y) / y.abs().max().item<double>();
  };
  double worst = relative(a.output, b.output);
  for (size_t i = 0; i < values.size(); ++i) worst = std::max(worst, relative(a.gradients[i], b.gradients[i]));
  return worst;
}

at::Tensor exact_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (bias.defined()) return at::layer_norm(x, {x.size(-1)}, weight, bias, 1e-5);
  return x * at::rsqrt((x * x).mean(-1, true) + 1e-5) * weight;
}

TEST_CASE("norms, alone and with the addition before them") {
  at::manual_seed(41);
  for (const bool centered : {true, false})
    for (const int64_t width : {16, 50, 130}) {
      Tensors values{at::randn({2, 19, width}), at::randn({2, 19, width}), at::randn({width})};
      if (centered) values.push_back(at::randn({width}));
      const auto bias = [&](const Tensors& t) { return centered ? t[3] : at::Tensor(); };
      const auto fast = [&](const Tensors& t) {
        at::Tensor sum = t[0];
        const at::Tensor out = model::ops::add_normalize(sum, t[1], {t[2], bias(t), 1e-5}, at::kFloat);
        return at::cat({out, model::ops::normalize(sum, {t[2], bias(t), 1e-5}, at::kFloat) * sum, sum}, -1);
      };
      const auto exact = [&](const Tensors& t) {
        const at::Tensor sum = t[0] + t[1], out = exact_norm(sum, t[2], bias(t));
        return at::cat({out, out * sum, sum}, -1);
      };
      CAPTURE(centered);
      CAPTURE(width);
      CHECK(worst_error(fast, exact, values) < 3e-6);
    }
}

TEST_CASE("a narrow addend gets a narrow gradient") {
  at::manual_seed(42);
  const auto weight = at::randn({32}), x = at::randn({5, 32});
  const auto delta = at::randn({5, 32}).to(at::kBFloat16);
  const auto fast = [&](const Tensors& t) {
    at::Tensor sum = x;
    return model::ops::add_normalize(sum, t[0], {weight, {}, 1e-5}, at::kFloat);
  };
  const auto exact = [&](const Tensors& t) { return exact_norm(x.to(at::kDouble) + t[0], weight.to(at::kDouble), {}); };
  CHECK(worst_error(fast, exact, {delta}, at::kBFloat16) < 0.01);
}

TEST_CASE("SwiGLU") {
  at::manual_seed(43);
  for (const int64_t width : {16, 37, 64}) {
    const auto exact = [&](const Tensors& t) {
      return at::silu(t[0].narrow(-1, 0, width)) * t[0].narrow(-1, width, width);
    };
    const auto fast = [](const Tensors& t) { return model::ops::swiglu(t[0]); };
    CHECK(worst_error(fast, exact, {at::randn({3, 11, 2 * width}).mul(3)}) < 3e-6);
  }
}

TEST_CASE("rotation of some heads") {
  at::manual_seed(44);
  const auto rope = model::ops::make_rope(40, 16, 10000.0);
  const model::ops::Rope wide{rope.cosine.to(at::kDouble), rope.sine.to(at::kDouble)};
  const auto positions = at::arange(7, 7 + 9, at::kLong);
  const auto exact = [&](const Tensors& t) {
    const auto cosine = wide.cosine.index_select(0, positions).unsqueeze(1),
               sine = wide.sine.index_select(0, positions).unsqueeze(1);
    const auto low = t[0].narrow(2, 0, 3).narrow(3, 0, 8), high = t[0].narrow(2, 0, 3).narrow(3, 8, 8);
    const auto turned = at::cat({low * cosine - high * sine, high * cosine + low * sine}, -1);
    return at::cat({turned, t[0].narrow(2, 3, 2)}, 2);
  };
  const auto fast = [&](const Tensors& t) { return model::ops::rotate_first(t[0], 3, rope, positions); };
  CHECK(worst_error(fast, exact, {at::randn({2, 9, 5, 16})}) < 3e-6);
}

TEST_CASE("a layer with a low-rank change") {
  at::manual_seed(45);
  const auto weight = at::randn({24, 32}), bias = at::randn({24});
  for (const bool with_bias : {true, false}) {
    const auto fast = [&](const Tensors& t) {
      model::ops::Linear linear(weight, with_bias ? bias : at::Tensor());
      linear.adapt({.down = t[1], .up = t[2], .scale = 1.7});
      return linear(t[0]);
    };
    const auto exact = [&](const Tensors& t) {
      const auto y = at::linear(t[0], weight.to(at::kDouble) + 1.7 * t[2].matmul(t[1]));
      return with_bias ? y + bias.to(at::kDouble) : y;
    };
    CHECK(worst_error(fast, exact, {at::randn({3, 5, 32}), at::randn({4, 32}), at::randn({24, 4})}) < 3e-6);
  }
}

struct Case {
  int64_t batch, rows, keys, heads, groups;
  bool causal;
  std::vector<int64_t> lengths;
};

at::Tensor exact_attention(const Tensors& t, const Case& c) {
  const auto options = at::TensorOptions().dtype(at::kLong);
  const auto repeated = [&](const at::Tensor& x) {
    return x.repeat_interleave(c.heads / c.groups, 2).transpose(1, 2);  // [B, H, S, K]
  };
  const auto scores = t[0].transpose(1, 2).matmul(repeated(t[1]).transpose(2, 3)) / 4.0;  // head size 16
  const auto key = at::arange(c.keys, options);
  auto hidden = key.unsqueeze(0) > (at::arange(c.rows, options) + (c.keys - c.rows)).unsqueeze(1);  // [R, S]
  if (!c.causal) hidden = at::zeros_like(hidden);
  hidden = hidden.view({1, 1, c.rows, c.keys});
  if (!c.lengths.empty()) hidden = hidden.logical_or(key >= at::tensor(c.lengths, options).view({-1, 1, 1, 1}));
  const auto weights = at::softmax(scores.masked_fill(hidden, -1e30), -1);
  return weights.matmul(repeated(t[2])).transpose(1, 2).reshape({c.batch, c.rows, -1});
}

TEST_CASE("attention: causal or not, shared keys, later rows, short sequences") {
  at::manual_seed(46);
  const Case cases[] = {{2, 37, 37, 2, 2, true, {}},
                        {1, 70, 70, 6, 2, true, {}},
                        {3, 5, 21, 4, 1, true, {}},
                        {2, 33, 33, 2, 2, false, {}},
                        {3, 20, 20, 2, 2, false, {20, 7, 1}}};
  for (const Case& c : cases) {
    const Tensors values{at::randn({c.batch, c.rows, c.heads, 16}), at::randn({c.batch, c.keys, c.groups, 16}),
                         at::randn({c.batch, c.keys, c.groups, 16})};
    const auto fast = [&](const Tensors& t) {
      model::ops::AttentionMask mask{.causal = c.causal, .query_from = c.keys - c.rows};
      if (!c.lengths.empty()) mask.lengths = at::tensor(c.lengths, at::kLong);
      return model::ops::attention(t[0], t[1], t[2], mask);
    };
    const auto exact = [&](const Tensors& t) { return exact_attention(t, c); };
    CAPTURE(c.rows);
    CAPTURE(c.groups);
    CHECK(worst_error(fast, exact, values) < 5e-6);
  }
}

// Where all of a row's scores are far below 0, the exponential of what is not there must not come in.
TEST_CASE("attention with scores far below zero") {
  at::manual_seed(47);
  const Case c{1, 19, 19, 2, 2, true, {}};
  const at::Tensor q = at::randn({1, 19, 2, 16}).abs().add(20), k = at::randn({1, 19, 2, 16}).abs().add(20).neg();
  const auto fast = [](const Tensors& t) { return model::ops::attention(t[0], t[1], t[2], {.causal = true}); };
  const auto exact = [&](const Tensors& t) { return exact_attention(t, c); };
  CHECK(worst_error(fast, exact, {q, k, at::randn({1, 19, 2, 16})}) < 1e-3);
}

}  // namespace
}  // namespace rmt::tests
