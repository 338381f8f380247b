#include "lm/train/token_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "model/kernels/kernels.h"
#include "model/ops/elements.h"
#include "model/ops/gpu_kernels.h"
#include "model/threads.h"

namespace rmt::lm {

namespace {

constexpr int64_t kRowsAtOnce = 512, kRowsOnDevice = 4096;

// logits [n, V] -> their gradient; returns the summed loss without waiting for it.
at::Tensor make_gradient_on_device(at::Tensor& logits, const at::Tensor& targets, const at::Tensor& scale) {
  at::Tensor losses = at::empty(targets.sizes(), logits.options().dtype(at::kFloat));
  if (model::ops::gpu_softmax_gradient(logits, targets, scale, losses)) return losses.sum(at::kDouble);
  const at::Tensor has_target = targets.ge(0).unsqueeze(1).to(at::kFloat);  // [n, 1]
  const at::Tensor index = targets.clamp_min(0).unsqueeze(1);
  const at::Tensor log_probability = at::log_softmax(logits.to(at::kFloat), -1);
  losses = log_probability.gather(1, index).neg_().mul_(has_target);
  at::Tensor gradient = log_probability.exp();
  gradient.scatter_add_(1, index, at::zeros_like(index, gradient.options()).sub_(1.0));
  logits = gradient.mul_(has_target.mul_(scale)).to(logits.scalar_type());
  return losses.sum(at::kDouble);
}

// logits [n, V] -> their gradient in place; returns the summed loss.
double make_gradient(const at::Tensor& logits, const at::Tensor& targets, float scale) {
  const int64_t rows = logits.size(0), vocabulary = logits.size(1), size = logits.element_size();
  auto* values = static_cast<char*>(logits.mutable_data_ptr());
  const auto* target = targets.const_data_ptr<int64_t>();
  std::vector<double> losses(static_cast<size_t>(rows));
  model::for_each_task(rows, [&](int64_t row) {
    char* logits_of_row = values + row * vocabulary * size;
    if (target[row] < 0)
      std::memset(logits_of_row, 0, static_cast<size_t>(vocabulary * size));
    else
      losses[static_cast<size_t>(row)] = model::kernels::kernels().softmax_gradient(
          model::ops::element_of(logits), logits_of_row, vocabulary, target[row], scale);
  });
  double sum = 0;
  for (const double loss : losses) sum += loss;
  return sum;
}

void add_weight_gradient(const at::Tensor& weight, const at::Tensor& by_logits, const at::Tensor& hidden) {
  at::Tensor& gradient = weight.mutable_grad();
  if (!gradient.defined()) gradient = at::zeros_like(weight);
  gradient.add_(at::mm(by_logits.t(), hidden));
}

}  // namespace

TokenLoss token_loss_of_all(const model::ops::Linear& head, const at::Tensor& hidden, const at::Tensor& targets,
                            const at::Tensor& scale, at::ScalarType dtype) {
  const c10::AutoGradMode off(false);
  TokenLoss result{at::zeros({}, hidden.options().dtype(at::kDouble)), at::empty(hidden.sizes(), hidden.options())};
  const at::Tensor inputs = hidden.to(dtype).contiguous(), weight = head.weight().detach().to(dtype);
  const bool on_kernels = model::ops::kernels_read(inputs);
  const int64_t rows_at_once = inputs.is_cpu() ? kRowsAtOnce : kRowsOnDevice;
  for (int64_t from = 0; from < inputs.size(0); from += rows_at_once) {
    const int64_t n = std::min(rows_at_once, inputs.size(0) - from);
    const at::Tensor chunk = inputs.narrow(0, from, n), wanted = targets.narrow(0, from, n);
    at::Tensor logits = at::linear(chunk, weight);  // [n, V]
    if (on_kernels)
      result.sum.add_(make_gradient(logits, wanted, *scale.const_data_ptr<float>()));
    else
      result.sum.add_(make_gradient_on_device(logits, wanted, scale));
    result.gradient.narrow(0, from, n).copy_(at::mm(logits, weight));
    if (head.weight().requires_grad()) add_weight_gradient(head.weight(), logits, chunk);
  }
  return result;
}

TokenLoss token_loss(const model::ops::Linear& head, const at::Tensor& hidden, const at::Tensor& targets, double scale,
                     at::ScalarType dtype) {
  const c10::AutoGradMode off(false);
  const at::Tensor rows = at::nonzero(targets.ge(0)).squeeze(1);  // [n]
  const bool every_row = rows.numel() == hidden.size(0);
  const at::Tensor wanted = every_row ? targets.contiguous() : targets.index_select(0, rows);
  TORCH_CHECK_INDEX(wanted.numel() == 0 || wanted.max().item<int64_t>() < head.out_features(),
                    "a target outside the vocabulary");
  const at::Tensor factor = at::full({1}, scale, hidden.options().dtype(at::kFloat));
  if (every_row) return token_loss_of_all(head, hidden, wanted, factor, dtype);
  TokenLoss of_rows = token_loss_of_all(head, hidden.index_select(0, rows), wanted, factor, dtype);
  of_rows.gradient = at::zeros_like(hidden).index_copy_(0, rows, of_rows.gradient);
  return of_rows;
}

}  // namespace rmt::lm
