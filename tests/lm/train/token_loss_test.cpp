// The loss that makes its own gradient, against ATen's cross-entropy in double.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <torch/csrc/autograd/autograd.h>

#include "lm/train/token_loss.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

struct Exact {
  double sum;
  at::Tensor by_hidden, by_weight;
};

Exact exact_loss(const at::Tensor& weight, const at::Tensor& hidden, const at::Tensor& targets, double scale) {
  const at::Tensor w = weight.detach().to(at::kDouble).requires_grad_(), h = hidden.to(at::kDouble).requires_grad_();
  const at::Tensor loss = at::cross_entropy_loss(at::linear(h, w), targets, {}, at::Reduction::Sum, -1);
  torch::autograd::backward({loss * scale}, {});
  return {loss.item<double>(), h.grad(), w.grad()};
}

TEST_CASE("loss and gradients equal those in double, with and without targets left out, over several chunks") {
  at::manual_seed(51);
  const at::Tensor hidden = at::randn({1100, 16}), weight = at::randn({301, 16}).mul(0.5);
  for (const bool some_left_out : {false, true}) {
    at::Tensor targets = at::randint(301, {1100}, at::kLong);
    if (some_left_out) targets.narrow(0, 3, 700).fill_(-1);
    const Exact exact = exact_loss(weight, hidden, targets, 0.01);
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
      const at::Tensor own = weight.clone().requires_grad_();
      const model::ops::Linear head(own);
      const double bound = dtype == at::kFloat ? 1e-6 : 2e-2;
      const auto relative = [](const at::Tensor& a, const at::Tensor& b) {
        return max_difference(a.to(at::kDouble), b) / b.abs().max().item<double>();
      };
      for (const bool all : {false, true}) {
        own.mutable_grad() = at::Tensor();
        const lm::TokenLoss loss = all ? lm::token_loss_of_all(head, hidden, targets, at::full({1}, 0.01), dtype)
                                       : lm::token_loss(head, hidden, targets, 0.01, dtype);
        CHECK(loss.sum.item<double>() == doctest::Approx(exact.sum).epsilon(bound));
        CHECK(relative(loss.gradient, exact.by_hidden) < 5 * bound);
        CHECK(relative(own.grad(), exact.by_weight) < 5 * bound);
        if (some_left_out) CHECK(loss.gradient.narrow(0, 3, 700).abs().max().item<double>() == 0);
      }
    }
  }
}

TEST_CASE("a frozen head gets no gradient; no target, no loss") {
  const at::Tensor hidden = at::randn({4, 8}), weight = at::randn({10, 8});
  const auto none = at::randint(10, {4}, at::kLong).fill_(-1);
  const lm::TokenLoss loss = lm::token_loss(model::ops::Linear(weight), hidden, none, 1.0, at::kFloat);
  CHECK(loss.sum.item<double>() == 0);
  CHECK(loss.gradient.abs().max().item<double>() == 0);
  CHECK(!weight.grad().defined());
  const auto outside = at::randint(10, {4}, at::kLong).fill_(10);
  CHECK_THROWS(lm::token_loss(model::ops::Linear(weight), hidden, outside, 1.0, at::kFloat));
}

}  // namespace
}  // namespace rmt::tests
