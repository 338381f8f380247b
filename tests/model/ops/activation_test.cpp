// Activations through the kernels against the plain way.
#include <ATen/ops/gelu.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/silu.h>

#include "model/ops/activation.h"
#include "tests/model/ops/without_gradients.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using model::ops::gelu_erf;
using model::ops::gelu_tanh;
using model::ops::swiglu;

TEST_CASE("both ways agree, and GELU reuses its argument's memory without gradients") {
  at::manual_seed(41);
  for (const auto type : {at::kFloat, at::kBFloat16}) {
    const double bound = type == at::kFloat ? 2e-6 : 0.02;
    const auto x = at::randn({70, 333}).mul(3).to(type);
    for (const bool tanh : {true, false}) {
      auto y = x.clone();
      const auto out = without_gradients([&] { return tanh ? gelu_tanh(y) : gelu_erf(y); });
      CHECK((out.const_data_ptr() == y.const_data_ptr()));
      CHECK(max_difference(out, at::gelu(x, tanh ? "tanh" : "none")) < bound);
      CHECK(same_bits(tanh ? gelu_tanh(x) : gelu_erf(x), at::gelu(x, tanh ? "tanh" : "none")));
    }
    const auto both = at::randn({5, 7, 2 * 50}).to(type);
    const auto expected = at::silu(both.narrow(2, 0, 50)).mul(both.narrow(2, 50, 50));
    CHECK(max_difference(without_gradients([&] { return swiglu(both); }), expected) < 2 * bound);
    CHECK(same_bits(swiglu(both), without_gradients([&] { return swiglu(both); })));
  }
}

TEST_CASE("gradients flow") {
  for (int which = 0; which < 3; ++which) {
    auto x = at::randn({3, 8}).requires_grad_();
    (which == 0 ? gelu_tanh(x) : which == 1 ? gelu_erf(x) : swiglu(x)).sum().backward();
    CHECK(x.grad().abs().sum().item<double>() > 0);
  }
}

}  // namespace
}  // namespace rmt::tests
