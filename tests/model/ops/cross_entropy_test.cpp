// The fused head and cross-entropy.
#include <ATen/ops/arange.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>

#include "model/ops/cross_entropy.h"
#include "model/ops/logits.h"
#include "tests/model/ops/without_gradients.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using model::Precision;
using model::ops::Linear;
using model::ops::logits;
using model::ops::token_hits;
using model::ops::token_nll;
using model::ops::token_scores;

constexpr Precision kAll[] = {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2};

Linear packed(const at::Tensor& weight, Precision precision, const at::Tensor& bias = {}) {
  Linear head(weight.clone(), bias);
  head.pack(precision);
  return head;
}

at::Tensor exact_nll(const at::Tensor& weight, const at::Tensor& hidden, const at::Tensor& targets) {
  return at::cross_entropy_loss(at::linear(hidden.to(at::kDouble), weight.to(at::kDouble)), targets, {},
                                at::Reduction::None);
}

TEST_CASE("equal to the cross-entropy in double, as far as the precision goes") {
  at::manual_seed(21);
  const auto weight = at::randn({1003, 64}).mul(0.3), hidden = at::randn({75, 64});
  const auto targets = at::randint(1003, {75}, at::kLong);
  const auto exact = exact_nll(weight, hidden, targets);
  const double bounds[] = {1e-5, 0.08, 0.15, 0.08};
  for (const Precision precision : kAll) {
    const auto nll = without_gradients([&] { return token_nll(packed(weight, precision), hidden, targets); });
    CHECK((nll.scalar_type() == at::kDouble));
    CHECK(max_difference(nll, exact) < bounds[static_cast<size_t>(precision)]);
  }
  const Linear plain(weight);
  CHECK(max_difference(token_nll(plain, hidden, targets), exact) < 1e-5);
  CHECK(max_difference(without_gradients([&] { return token_nll(plain, hidden, targets); }), exact) < 1e-5);
  CHECK(max_difference(without_gradients([&] { return token_nll(plain, hidden.to(at::kBFloat16), targets); }), exact) <
        0.08);
}

TEST_CASE("a uniform model is uncertain by log(V), to the accuracy of double") {
  for (const int64_t vocabulary : {7, 50257}) {
    const auto targets = at::arange(5, at::kLong);
    for (const Precision precision : kAll) {
      const auto nll = without_gradients([&] {
        return token_nll(packed(at::zeros({vocabulary, 32}), precision), at::randn({5, 32}), targets);
      });
      CHECK(max_difference(nll, at::ones({5}, at::kDouble).mul(std::log(static_cast<double>(vocabulary)))) < 2e-14);
    }
  }
}

TEST_CASE("independent of chunks, neighbours and threads") {
  at::manual_seed(22);
  const auto weight = at::randn({3000, 96}), hidden = at::randn({300, 96});
  const auto targets = at::randint(3000, {300}, at::kLong);
  for (const Precision precision : kAll) {
    CAPTURE(std::string(name(precision)));
    const auto head = packed(weight, precision);
    const auto all = on_threads(1, [&] { return token_nll(head, hidden, targets); });
    for (const int64_t rows : {1, 7, 128, 1000})
      CHECK(same_bits(on_threads(2, [&] { return token_nll(head, hidden, targets, rows); }), all));
    CHECK(same_bits(on_threads(3, [&] { return token_nll(head, hidden, targets); }), all));
    for (const int64_t row : {0, 150, 299})
      CHECK(
          same_bits(on_threads(2, [&] { return token_nll(head, hidden.narrow(0, row, 1), targets.narrow(0, row, 1)); }),
                    all.narrow(0, row, 1)));
  }
}

TEST_CASE("a bias of the head counts") {
  at::manual_seed(23);
  const auto weight = at::randn({50, 16}), bias = at::randn({50}), hidden = at::randn({4, 16});
  const auto targets = at::arange(4, at::kLong);
  const auto exact =
      at::cross_entropy_loss(at::linear(hidden.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble)), targets,
                             {}, at::Reduction::None);
  const auto nll = without_gradients([&] { return token_nll(packed(weight, Precision::fp32, bias), hidden, targets); });
  CHECK(max_difference(nll, exact) < 1e-5);
}

TEST_CASE("no rows, and targets outside the vocabulary") {
  const auto head = packed(at::randn({10, 16}), Precision::fp32);
  without_gradients([&] {
    CHECK(token_nll(head, at::empty({0, 16}), at::empty({0}, at::kLong)).numel() == 0);
    CHECK_THROWS(token_nll(head, at::zeros({1, 16}), at::ones({1}, at::kLong).mul(10)));
    CHECK_THROWS(token_nll(head, at::zeros({1, 16}), at::ones({1}, at::kLong).mul(-1)));
    return 0;
  });
}

TEST_CASE("a NaN or an infinity in a row makes that row's loss a NaN or an infinity") {
  at::manual_seed(24);
  const auto weight = at::randn({100, 32});
  for (const Precision precision : kAll) {
    auto hidden = at::randn({6, 32});
    hidden.select(0, 3).select(0, 1).fill_(std::nan(""));
    const auto nll =
        without_gradients([&] { return token_nll(packed(weight, precision), hidden, at::arange(6, at::kLong)); });
    for (int64_t row = 0; row < 6; ++row) CHECK(nll.select(0, row).isfinite().item<bool>() == (row != 3));
  }
}

TEST_CASE("the plain way has the gradient of the cross-entropy") {
  at::manual_seed(25);
  auto weight = at::randn({30, 8}).requires_grad_(), hidden = at::randn({9, 8}).requires_grad_();
  const auto targets = at::randint(30, {9}, at::kLong);
  token_nll(Linear(weight), hidden, targets, 4).sum().backward();
  const auto by_parts = weight.grad().clone(), by_parts_hidden = hidden.grad().clone();
  weight.mutable_grad() = at::Tensor();
  hidden.mutable_grad() = at::Tensor();
  at::cross_entropy_loss(at::linear(hidden, weight), targets, {}, at::Reduction::Sum).backward();
  CHECK(max_difference(by_parts, weight.grad()) < 1e-5);
  CHECK(max_difference(by_parts_hidden, hidden.grad()) < 1e-5);
}

TEST_CASE("the likeliest tokens beside the losses, best first, of equal ones the lower id") {
  at::manual_seed(27);
  auto weight = at::randn({1003, 64}).mul(0.3);
  weight.select(0, 800).copy_(weight.select(0, 40));  // two tokens alike, panels apart
  const auto hidden = at::randn({19, 64}), targets = at::randint(1003, {19}, at::kLong);
  for (const Precision precision :
       {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2, Precision::int4})
    for (const auto& bias : {at::Tensor(), at::randn({1003})}) {
      const Linear head = packed(weight, precision, bias);
      const auto all = without_gradients([&] { return at::log_softmax(logits(head, hidden).to(at::kDouble), -1); });
      for (const int64_t k : {0, 1, 30, 1003, 2000}) {
        const auto scores = without_gradients([&] { return token_scores(head, hidden, targets, k); });
        CHECK(same_bits(scores.nll, without_gradients([&] { return token_nll(head, hidden, targets); })));
        REQUIRE(scores.top.size() == 19);
        for (int64_t row = 0; row < 19; ++row) {
          const auto& top = scores.top[static_cast<size_t>(row)];
          REQUIRE(static_cast<int64_t>(top.size()) == std::min<int64_t>(k, 1003));
          const auto ranked = std::get<0>(at::sort(all[row], -1, /*descending=*/true));
          double worst = 0;
          bool in_order = true;
          for (size_t i = 0; i < top.size(); ++i) {
            worst = std::max(worst, std::abs(top[i].logprob - ranked[static_cast<int64_t>(i)].item<double>()));
            worst = std::max(worst, std::abs(top[i].logprob - all[row][top[i].id].item<double>()));
            if (i > 0 && top[i].logprob == top[i - 1].logprob) in_order &= top[i].id > top[i - 1].id;
          }
          CHECK(worst < 1e-5);
          CHECK(in_order);
        }
      }
    }
}

TEST_CASE("whether the target is the likeliest token, of equally likely ones the lowest id, beside the same losses") {
  at::manual_seed(28);
  auto weight = at::randn({1003, 64}).mul(0.3);
  weight.select(0, 800).copy_(weight.select(0, 40));
  weight.select(0, 41).copy_(weight.select(0, 40));
  const auto hidden = at::randn({40, 64});
  hidden.select(0, 5).copy_(weight.select(0, 40).mul(10));  // 40, 41 and 800 are alike and likeliest
  const auto check = [&](const Linear& head, const at::Tensor& rows) {
    const auto likeliest = without_gradients(
        [&] { return at::argmax(head.packed() != nullptr ? logits(head, rows) : head(rows).to(at::kFloat), -1); });
    CHECK(likeliest[5].item<int64_t>() == 40);
    for (const int64_t beside : {0, 1, 760}) {  // 760 is the other token alike, for row 5
      const auto targets = likeliest.add(beside).remainder(1003);
      const auto [nll, top1] = without_gradients([&] { return token_hits(head, rows, targets); });
      CHECK(same_bits(nll, without_gradients([&] { return token_nll(head, rows, targets); })));
      CHECK(top1.all().item<bool>() == (beside == 0));
      CHECK(top1.any().item<bool>() == (beside == 0));
    }
  };
  for (const Precision precision : kAll) check(packed(weight, precision), hidden);
  check(Linear(weight), hidden);
  check(Linear(weight.to(at::kBFloat16)), hidden);  // no kernel reads it
  const Linear head = packed(weight, Precision::fp32);
  CHECK(without_gradients([&] {
          return token_hits(head, hidden.narrow(0, 0, 0), at::empty({0}, at::kLong));
        }).top1.numel() == 0);
}

TEST_CASE("logits that are no numbers are never among the likeliest") {
  const auto weight = at::ones({70, 16});
  weight.select(0, 3).fill_(NAN);
  const Linear head = packed(weight, Precision::fp32);
  const auto scores = without_gradients([&] {
    return token_scores(head, at::ones({1, 16}), at::zeros({1}, at::kLong), 70);
  });
  CHECK(scores.top[0].size() == 69);
}

}  // namespace
}  // namespace rmt::tests
