// Rotary positions through the kernel against the plain way.
#include <ATen/ops/arange.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>

#include "model/ops/attention.h"
#include "tests/model/ops/without_gradients.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using model::ops::make_rope;
using model::ops::rotate;

TEST_CASE("both ways agree, for one list of positions or one a row, in place without gradients") {
  at::manual_seed(51);
  for (const int64_t head_size : {16, 64, 80}) {
    const auto rope = make_rope(100, head_size, 10000.0);
    const auto fused = at::randn({2, 40, 7, head_size});
    for (const auto& positions : {at::arange(5, 45, at::kLong), at::randint(100, {2, 40}, at::kLong)})
      for (const auto type : {at::kFloat, at::kBFloat16}) {
        const auto plain = rotate(fused.to(type).narrow(2, 1, 4), rope, positions);
        auto memory = fused.to(type).clone();
        const auto out = without_gradients([&] { return rotate(memory.narrow(2, 1, 4), rope, positions); });
        CHECK(max_difference(out, plain) < (type == at::kFloat ? 1e-6 : 0.05));
        CHECK(same_bits(memory.narrow(2, 1, 4).contiguous(), out.contiguous()));
        CHECK(same_bits(memory.narrow(2, 5, 2), fused.to(type).narrow(2, 5, 2)));  // other heads as they were
      }
  }
}

TEST_CASE("scores depend on the distance of two positions only") {
  const auto rope = make_rope(64, 32, 10000.0);
  const auto q = at::randn({1, 1, 1, 32}), k = at::randn({1, 1, 1, 32});
  const auto score = [&](int64_t at_q, int64_t at_k) {
    return without_gradients([&] {
      return rotate(q.clone(), rope, at::arange(at_q, at_q + 1, at::kLong))
          .mul(rotate(k.clone(), rope, at::arange(at_k, at_k + 1, at::kLong)))
          .sum()
          .item<double>();
    });
  };
  CHECK(score(10, 3) == doctest::Approx(score(50, 43)).epsilon(1e-4));
  CHECK(score(10, 3) != doctest::Approx(score(10, 4)).epsilon(1e-3));
}

TEST_CASE("a position outside the tables is refused") {
  const auto rope = make_rope(8, 16, 10000.0);
  CHECK_THROWS(without_gradients([&] { return rotate(at::randn({1, 2, 1, 16}), rope, at::arange(7, 9, at::kLong)); }));
}

TEST_CASE("gradients flow") {
  auto x = at::randn({1, 4, 2, 16}).requires_grad_();
  rotate(x, make_rope(8, 16, 10000.0), at::arange(4, at::kLong)).square().sum().backward();
  CHECK(x.grad().abs().sum().item<double>() > 0);
}

}  // namespace
}  // namespace rmt::tests
