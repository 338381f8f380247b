// Rotary position embedding of the Llama family.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>

#include "model/ops/attention.h"

namespace rmt::model::ops {

Rope make_rope(int64_t positions, int64_t head_size, double theta) {
  const auto dimension = at::arange(0, head_size, 2, at::kDouble) / static_cast<double>(head_size);
  const auto angle = at::outer(at::arange(positions, at::kDouble), at::pow(theta, -dimension));
  return {angle.cos().to(at::kFloat), angle.sin().to(at::kFloat)};
}

at::Tensor rotate(at::Tensor x, const Rope& rope, const at::Tensor& positions) {
  const auto half = x.size(-1) / 2;
  const auto at_rows = [&](const at::Tensor& table) {
    const auto rows = table.to(x.device()).index_select(0, positions.reshape({-1}));
    auto shape = positions.sizes().vec();
    shape.insert(shape.end(), {1, half});
    return rows.view(shape);  // [S, 1, K/2] or [B, S, 1, K/2]
  };
  const auto cosine = at_rows(rope.cosine), sine = at_rows(rope.sine);
  const auto low = x.narrow(-1, 0, half).to(at::kFloat), high = x.narrow(-1, half, half).to(at::kFloat);
  const auto rotated = at::cat({low * cosine - high * sine, high * cosine + low * sine}, -1).to(x.scalar_type());
  return at::GradMode::is_enabled() ? rotated : x.copy_(rotated);
}

}  // namespace rmt::model::ops
