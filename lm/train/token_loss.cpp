#include "lm/train/token_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <vector>

#include "model/kernels/kernels.h"
#include "model/ops/elements.h"
#include "model/ops/gpu_kernels.h"
#include "model/threads.h"

namespace rmt::lm {

namespace {

constexpr int64_t kRowsAtOnce = 512, kRowsOnDevice = 4096;

// logits [n, V] -> their gradient; returns the losses [n] without waiting for them.
at::Tensor make_gradient_on_device(at::Tensor& logits, const at::Tensor& targets, double scale) {
  at::Tensor losses = at::empty(targets.sizes(), logits.options().dtype(at::kFloat));
  if (model::ops::gpu_softmax_gradient(logits, targets, scale, losses)) return losses;
  const at::Tensor log_probability = at::log_softmax(logits.to(at::kFloat), -1);
  const at::Tensor index = targets.unsqueeze(1);
  losses = log_probability.gather(1, index).squeeze(1).neg();
  at::Tensor gradient = log_probability.exp();
  gradient.scatter_add_(1, index, at::zeros_like(index, gradient.options()).sub_(1.0));
  logits = gradient.mul_(scale).to(logits.scalar_type());
  return losses;
}

// logits [n, V] -> their gradient in place; returns the summed loss.
double make_gradient(const at::Tensor& logits, const at::Tensor& targets, double scale) {
  const int64_t rows = logits.size(0), vocabulary = logits.size(1), size = logits.element_size();
  auto* values = static_cast<char*>(logits.mutable_data_ptr());
  const auto* target = targets.const_data_ptr<int64_t>();
  std::vector<double> losses(static_cast<size_t>(rows));
  model::for_each_task(rows, [&](int64_t row) {
    losses[static_cast<size_t>(row)] =
        model::kernels::kernels().softmax_gradient(model::ops::element_of(logits), values + row * vocabulary * size,
                                                   vocabulary, target[row], static_cast<float>(scale));
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

TokenLoss token_loss(const model::ops::Linear& head, const at::Tensor& hidden, const at::Tensor& targets, double scale,
                     at::ScalarType dtype) {
  const c10::AutoGradMode off(false);
  TokenLoss result;
  result.gradient = at::zeros_like(hidden);
  const at::Tensor rows = at::nonzero(targets.ge(0)).squeeze(1);  // [n]
  const int64_t count = rows.numel();
  if (count == 0) return result;

  const bool every_row = count == hidden.size(0);
  const at::Tensor inputs = (every_row ? hidden : hidden.index_select(0, rows)).to(dtype).contiguous();
  const at::Tensor wanted = every_row ? targets.contiguous() : targets.index_select(0, rows);
  TORCH_CHECK_INDEX(wanted.max().item<int64_t>() < head.out_features(), "a target outside the vocabulary");
  const at::Tensor weight = head.weight().detach().to(dtype);
  const bool on_kernels = model::ops::kernels_read(inputs);
  const int64_t rows_at_once = inputs.is_cpu() ? kRowsAtOnce : kRowsOnDevice;
  std::vector<at::Tensor> losses;
  for (int64_t from = 0; from < count; from += rows_at_once) {
    const int64_t n = std::min(rows_at_once, count - from);
    const at::Tensor chunk = inputs.narrow(0, from, n);
    at::Tensor logits = at::linear(chunk, weight);  // [n, V]
    if (on_kernels)
      result.sum += make_gradient(logits, wanted.narrow(0, from, n), scale);
    else
      losses.push_back(make_gradient_on_device(logits, wanted.narrow(0, from, n), scale));
    const at::Tensor by_hidden = at::mm(logits, weight).to(at::kFloat);  // [n, D]
    if (every_row)
      result.gradient.narrow(0, from, n).copy_(by_hidden);
    else
      result.gradient.index_copy_(0, rows.narrow(0, from, n), by_hidden);
    if (head.weight().requires_grad()) add_weight_gradient(head.weight(), logits, chunk);
  }
  if (!losses.empty()) result.sum = at::cat(losses).sum(at::kDouble).item<double>();
  return result;
}

}  // namespace rmt::lm
