#include "model/ops/cross_entropy.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_softmax.h>

#include <algorithm>
#include <vector>

namespace rmt::model::ops {

at::Tensor token_nll(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t rows_at_once) {
  const auto rows = hidden.size(0);
  const auto dtype = hidden.is_cpu() ? at::kDouble : at::kFloat;
  if (rows == 0) return at::empty({0}, hidden.options().dtype(dtype));
  std::vector<at::Tensor> chunks;
  for (int64_t from = 0; from < rows; from += rows_at_once) {
    const auto count = std::min(rows_at_once, rows - from);
    const auto logits = head(hidden.narrow(0, from, count)).to(at::kFloat);  // [n, V]
    const auto nll = -at::log_softmax(logits, -1).gather(1, targets.narrow(0, from, count).unsqueeze(1)).squeeze(1);
    chunks.push_back(nll.to(dtype));
  }
  return at::cat(chunks);
}

}  // namespace rmt::model::ops
