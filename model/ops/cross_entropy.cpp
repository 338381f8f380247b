#include "model/ops/cross_entropy.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_softmax.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "model/ops/elements.h"
#include "model/ops/matrix_product.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

// Panels that share one partial sum: fixed, so that the sum does not depend on the number of threads.
constexpr int64_t kPanelsAtOnce = 24;

/// The head's logits of all rows, panel by panel, each used up while it is in the cache.
class StreamedLoss {
 public:
  StreamedLoss(const PackedWeight& head, const at::Tensor& hidden, const at::Tensor& targets)
      : head_(head),
        inputs_(hidden, head),
        targets_(targets.to(at::kLong).contiguous()),
        rows_(hidden.size(0)),
        parts_((head.panel_count() + kPanelsAtOnce - 1) / kPanelsAtOnce),
        partial_(static_cast<size_t>(parts_ * rows_)),
        target_logits_(static_cast<size_t>(rows_)) {
    const auto* target = targets_.const_data_ptr<int64_t>();
    for (int64_t row = 0; row < rows_; ++row)
      TORCH_CHECK_INDEX(target[row] >= 0 && target[row] < head.out_features(), "target ", target[row], " of row ", row,
                        " is outside the vocabulary of ", head.out_features());
  }

  at::Tensor run() {
    const auto blocks = cut(head_, rows_, kPanelsAtOnce);
    for_each_task(static_cast<int64_t>(blocks.size()), [&](int64_t i) { add_block(blocks[static_cast<size_t>(i)]); });
    const auto losses = at::empty({rows_}, at::kDouble);
    auto* loss = losses.data_ptr<double>();
    constexpr int64_t kRowsPerTask = 32;
    for_each_task((rows_ + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
      const int64_t end = std::min(rows_, (task + 1) * kRowsPerTask);
      for (int64_t row = task * kRowsPerTask; row < end; ++row) loss[row] = row_loss(row);
    });
    return losses;
  }

 private:
  void add_block(const ProductBlock& block) {
    const auto& kernels = head_.kernels();
    std::vector<kernels::LogSumExpState> states(static_cast<size_t>(block.rows));
    std::vector<float> finished;
    multiply(head_, inputs_, block, [&](const PanelSums& sums) {
      const float* logits = finish_logits(sums.tile, finished);
      kernels.add_logits(logits, sums.tile.sum_stride, block.rows, sums.tile.columns, states.data());
      pick_targets(sums, logits);
    });
    for (int64_t row = 0; row < block.rows; ++row)
      partial_[static_cast<size_t>(block.panel / kPanelsAtOnce * rows_ + block.row + row)] =
          kernels.log_sum_exp(states[static_cast<size_t>(row)]);
  }

  // fp32 and bf16 sums are logits as they are; with a bias or scales they are finished in `memory`.
  const float* finish_logits(kernels::FinishTile tile, std::vector<float>& memory) const {
    if (!tile.bias && !tile.column_scales) return static_cast<const float*>(tile.sums);
    memory.resize(static_cast<size_t>(tile.rows * tile.sum_stride));
    tile.out = memory.data();
    tile.out_stride = tile.sum_stride;
    finish(head_, tile);
    return memory.data();
  }

  void pick_targets(const PanelSums& sums, const float* logits) {
    const auto* target = targets_.const_data_ptr<int64_t>() + sums.row;
    for (int64_t row = 0; row < sums.tile.rows; ++row) {
      const int64_t column = target[row] - sums.column;
      if (column < 0 || column >= sums.tile.columns) continue;
      target_logits_[static_cast<size_t>(sums.row + row)] = logits[row * sums.tile.sum_stride + column];
    }
  }

  double row_loss(int64_t row) const {
    double highest = -INFINITY, sum = 0.0;
    for (int64_t part = 0; part < parts_; ++part)
      highest = std::max<double>(highest, partial_[static_cast<size_t>(part * rows_ + row)].highest);
    for (int64_t part = 0; part < parts_; ++part) {
      const auto& partial = partial_[static_cast<size_t>(part * rows_ + row)];
      sum += partial.sum * std::exp(partial.highest - highest);
    }
    return std::log(sum) + (highest - target_logits_[static_cast<size_t>(row)]);
  }

  const PackedWeight& head_;
  ProductInputs inputs_;
  at::Tensor targets_;
  int64_t rows_, parts_;
  std::vector<kernels::LogSumExp> partial_;  // [parts][rows]
  std::vector<float> target_logits_;
};

at::Tensor plain(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t rows_at_once) {
  const int64_t rows = hidden.size(0);
  const auto dtype = hidden.is_cpu() ? at::kDouble : at::kFloat;
  std::vector<at::Tensor> chunks;
  for (int64_t from = 0; from < rows; from += rows_at_once) {
    const int64_t count = std::min(rows_at_once, rows - from);
    const auto logits = head(hidden.narrow(0, from, count)).to(at::kFloat);  // [n, V]
    const auto target = targets.narrow(0, from, count).unsqueeze(1);
    chunks.push_back(-at::log_softmax(logits, -1).gather(1, target).squeeze(1).to(dtype));
  }
  return chunks.empty() ? at::empty({0}, hidden.options().dtype(dtype)) : at::cat(chunks);
}

// An unpacked fp32 head is read where it is.
bool fits_kernels(const Linear& head, const at::Tensor& hidden) {
  if (at::GradMode::is_enabled() || !kernels_read(hidden)) return false;
  if (head.packed()) return true;
  return head.weight().device().is_cpu() && head.weight().scalar_type() == at::kFloat && head.weight().is_contiguous();
}

}  // namespace

at::Tensor token_nll(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t rows_at_once) {
  if (!fits_kernels(head, hidden)) return plain(head, hidden, targets, rows_at_once);
  if (head.packed()) return StreamedLoss(*head.packed(), hidden, targets).run();
  const PackedWeight borrowed(head.weight(), head.bias(), Precision::fp32, kernels::kernels());
  return StreamedLoss(borrowed, hidden, targets).run();
}

}  // namespace rmt::model::ops
