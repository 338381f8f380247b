// Rotary position embedding of the Llama family.
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/outer.h>
#include <ATen/ops/pow.h>

#include <algorithm>

#include "model/ops/attention.h"
#include "model/ops/elements.h"
#include "model/ops/gradients.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

constexpr int64_t kRowsPerTask = 16;

bool fits_kernels(const at::Tensor& x, const Rope& rope, const at::Tensor& positions) {
  return !at::GradMode::is_enabled() && kernels_read(x) && x.stride(3) == 1 && rope.cosine.is_contiguous() &&
         rope.sine.is_contiguous() && rope.cosine.device().is_cpu() && positions.device().is_cpu();
}

void run_kernel(const at::Tensor& x, const Rope& rope, const at::Tensor& positions) {
  const int64_t length = x.size(1), rows = x.size(0) * length, half = x.size(3) / 2, size = x.element_size();
  const auto places = positions.to(at::kLong).expand({x.size(0), length}).contiguous();  // [B, S]
  const auto* place = places.const_data_ptr<int64_t>();
  const auto *cosine = rope.cosine.const_data_ptr<float>(), *sine = rope.sine.const_data_ptr<float>();
  auto* values = static_cast<char*>(x.mutable_data_ptr());
  for_each_task((rows + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
    const int64_t end = std::min(rows, (task + 1) * kRowsPerTask);
    for (int64_t row = task * kRowsPerTask; row < end; ++row) {
      const int64_t at = row / length * x.stride(0) + row % length * x.stride(1);
      TORCH_CHECK_INDEX(place[row] >= 0 && place[row] < rope.cosine.size(0), "position ", place[row],
                        " is outside the rotary tables of ", rope.cosine.size(0), " positions");
      kernels::kernels().rotate(element_of(x), values + at * size, x.stride(2), x.size(2), x.size(3),
                                cosine + place[row] * half, sine + place[row] * half);
    }
  });
}

at::Tensor plain(const at::Tensor& x, const Rope& rope, const at::Tensor& positions) {
  const int64_t half = x.size(-1) / 2;
  const auto at_rows = [&](const at::Tensor& table) {
    const auto rows = table.to(x.device()).index_select(0, positions.reshape({-1}));
    auto shape = positions.sizes().vec();
    shape.insert(shape.end(), {1, half});
    return rows.view(shape);  // [S, 1, K/2] or [B, S, 1, K/2]
  };
  const auto cosine = at_rows(rope.cosine), sine = at_rows(rope.sine);
  const auto low = x.narrow(-1, 0, half).to(at::kFloat), high = x.narrow(-1, half, half).to(at::kFloat);
  return at::cat({low * cosine - high * sine, high * cosine + low * sine}, -1).to(x.scalar_type());
}

}  // namespace

Rope make_rope(int64_t positions, int64_t head_size, double theta) {
  const auto dimension = at::arange(0, head_size, 2, at::kDouble) / static_cast<double>(head_size);
  const auto angle = at::outer(at::arange(positions, at::kDouble), at::pow(theta, -dimension));
  return {angle.cos().to(at::kFloat), angle.sin().to(at::kFloat)};
}

at::Tensor rotate(at::Tensor x, const Rope& rope, const at::Tensor& positions) {
  if (fits_kernels(x, rope, positions)) {
    run_kernel(x, rope, positions);
    return x;
  }
  const auto rotated = plain(x, rope, positions);
  return at::GradMode::is_enabled() ? rotated : x.copy_(rotated);
}

at::Tensor rotate_first(const at::Tensor& x, int64_t heads, const Rope& rope, const at::Tensor& positions) {
  if (!at::GradMode::is_enabled()) {
    rotate(x.narrow(2, 0, heads), rope, positions);
    return x;
  }
  if (kernels_read(x) && rope.cosine.device().is_cpu()) return differentiable_rotate(x, heads, rope, positions);
  return at::cat({rotate(x.narrow(2, 0, heads), rope, positions), x.narrow(2, heads, x.size(2) - heads)}, 2);
}

}  // namespace rmt::model::ops
