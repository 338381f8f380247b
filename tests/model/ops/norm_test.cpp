// Norms through the kernels against the plain way.
#include <ATen/ops/randn.h>

#include "model/ops/norm.h"
#include "tests/model/ops/without_gradients.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using model::ops::add_normalize;
using model::ops::Norm;
using model::ops::normalize;

TEST_CASE("both ways agree, alone and after an addition") {
  at::manual_seed(31);
  for (const bool centered : {true, false})
    for (const int64_t width : {16, 50, 768}) {
      const Norm norm{at::randn({width}), centered ? at::randn({width}) : at::Tensor(), 1e-5};
      const auto x = at::randn({2, 37, width}), delta = at::randn({2, 37, width});
      const auto fast = without_gradients([&] { return normalize(x, norm, at::kFloat); });
      CHECK(max_difference(fast, normalize(x, norm, at::kFloat)) < 1e-5);
      for (const auto type : {at::kFloat, at::kBFloat16}) {
        auto sum = x.clone(), plain_sum = x.clone();
        const auto* memory = sum.const_data_ptr();
        const auto out = without_gradients([&] { return add_normalize(sum, delta.to(type), norm, type); });
        const auto plain = add_normalize(plain_sum, delta.to(type), norm, type);
        CHECK((out.scalar_type() == type));
        CHECK((sum.const_data_ptr() == memory));
        CHECK(same_bits(sum, plain_sum));
        CHECK(max_difference(out, plain) < (type == at::kFloat ? 1e-5 : 0.05));
      }
    }
}

TEST_CASE("strided input takes the plain way and a sum in place") {
  const Norm norm{at::randn({8}), at::randn({8}), 1e-5};
  const auto wide = at::randn({5, 16});
  auto x = wide.narrow(1, 0, 8);
  const auto expected = x.add(1);
  without_gradients([&] { return add_normalize(x, at::randn({5, 8}).fill_(1), norm, at::kFloat); });
  CHECK(same_bits(wide.narrow(1, 0, 8).contiguous(), expected.contiguous()));
}

TEST_CASE("a row is the same in any batch and on any number of threads") {
  at::manual_seed(32);
  const Norm norm{at::randn({96}), at::randn({96}), 1e-5};
  const auto x = at::randn({50, 96});
  const auto one = on_threads(1, [&] { return normalize(x, norm, at::kFloat); });
  CHECK(same_bits(on_threads(3, [&] { return normalize(x, norm, at::kFloat); }), one));
  CHECK(
      same_bits(on_threads(2, [&] { return normalize(x.narrow(0, 33, 1), norm, at::kFloat); }), one.narrow(0, 33, 1)));
}

TEST_CASE("gradients flow, and x is replaced, not changed") {
  const Norm norm{at::randn({8}).requires_grad_(), at::randn({8}).requires_grad_(), 1e-5};
  const auto start = at::randn({3, 8});
  auto x = start.clone().requires_grad_();
  const auto leaf = x;
  const auto delta = at::randn({3, 8}).requires_grad_();
  add_normalize(x, delta, norm, at::kFloat).square().sum().backward();
  CHECK(same_bits(leaf.detach(), start));
  for (const auto& each : {leaf, delta, norm.weight, norm.bias}) CHECK(each.grad().abs().sum().item<double>() > 0);
  Norm rms{norm.weight, {}, 1e-5};
  auto y = at::randn({3, 8}).requires_grad_();
  normalize(y, rms, at::kFloat).square().sum().backward();
  CHECK(y.grad().abs().sum().item<double>() > 0);
}

}  // namespace
}  // namespace rmt::tests
