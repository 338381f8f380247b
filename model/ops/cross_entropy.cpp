#include "model/ops/cross_entropy.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/topk.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "model/ops/elements.h"
#include "model/ops/gpu_kernels.h"
#include "model/ops/logits.h"
#include "model/ops/matrix_product.h"
#include "model/ops/top_tokens.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

// Panels that share one partial sum: fixed, so that the sum does not depend on the number of threads.
constexpr int64_t kPanelsAtOnce = 24;

/// The head's logits of all rows, panel by panel, each used up while it is in the cache.
class StreamedLoss {
 public:
  /// Also keeps the `top` highest logits of every row.
  StreamedLoss(const PackedWeight& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t top = 0)
      : head_(head),
        inputs_(hidden, head),
        targets_(targets.to(at::kLong).contiguous()),
        rows_(hidden.size(0)),
        parts_((head.panel_count() + kPanelsAtOnce - 1) / kPanelsAtOnce),
        partial_(static_cast<size_t>(parts_ * rows_)),
        target_logits_(static_cast<size_t>(rows_)),
        top_(static_cast<size_t>(top > 0 ? parts_ * rows_ : 0), TopTokens(top)) {
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

  /// After run(), with the loss it gave.
  std::vector<TokenLogprob> likeliest(int64_t row, double loss) const {
    TopTokens all = top_[static_cast<size_t>(row)];
    for (int64_t part = 1; part < parts_; ++part) all.add(top_[static_cast<size_t>(part * rows_ + row)]);
    const double log_sum = loss + target_logits_[static_cast<size_t>(row)];
    std::vector<TokenLogprob> tokens;
    for (const RankedToken& token : all.ranked()) tokens.push_back({token.id, token.logit - log_sum});
    return tokens;
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
      if (!top_.empty()) pick_top(sums, logits, block.panel / kPanelsAtOnce);
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

  void pick_top(const PanelSums& sums, const float* logits, int64_t part) {
    for (int64_t row = 0; row < sums.tile.rows; ++row)
      top_[static_cast<size_t>(part * rows_ + sums.row + row)].add(logits + row * sums.tile.sum_stride,
                                                                   sums.tile.columns, sums.column);
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
  std::vector<TopTokens> top_;  // [parts][rows]
};

// Whether each row's target is its likeliest token goes to `top1` [N], where that is defined.
at::Tensor plain(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t rows_at_once,
                 const at::Tensor& top1 = {}) {
  const int64_t rows = hidden.size(0);
  const auto dtype = hidden.is_cpu() ? at::kDouble : at::kFloat;
  std::vector<at::Tensor> chunks;
  for (int64_t from = 0; from < rows; from += rows_at_once) {
    const int64_t count = std::min(rows_at_once, rows - from);
    const auto logits = head(hidden.narrow(0, from, count)).to(at::kFloat);  // [n, V]
    const auto target = targets.narrow(0, from, count).unsqueeze(1);
    if (top1.defined()) top1.narrow(0, from, count).copy_(at::argmax(logits, -1).eq(target.squeeze(1)));
    chunks.push_back(-at::log_softmax(logits, -1).gather(1, target).squeeze(1).to(dtype));
  }
  return chunks.empty() ? at::empty({0}, hidden.options().dtype(dtype)) : at::cat(chunks);
}

// On a GPU: chunks large enough to fill it, and the sums of a narrow head not rounded.
constexpr int64_t kRowsOnDevice = 1024;

at::Tensor nll_on_device(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets,
                         const at::Tensor& top1 = {}) {
  const int64_t rows = hidden.size(0);
  const at::Tensor wanted = targets.to(hidden.device());
  const at::Tensor nll = at::empty({rows}, hidden.options().dtype(at::kFloat));
  for (int64_t from = 0; from < rows; from += kRowsOnDevice) {
    const int64_t count = std::min(kRowsOnDevice, rows - from);
    const at::Tensor scores = logits(head, hidden.narrow(0, from, count)), target = wanted.narrow(0, from, count);
    const at::Tensor out = nll.narrow(0, from, count);
    if (top1.defined()) top1.narrow(0, from, count).copy_(at::argmax(scores, -1).eq(target));
    if (gpu_token_nll(scores, target, out)) continue;
    out.copy_(at::logsumexp(scores, -1) - scores.gather(1, target.unsqueeze(1)).squeeze(1));
  }
  return nll;
}

TokenScores scores_on_device(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t k) {
  TokenScores scores;
  std::vector<at::Tensor> losses;
  const at::Tensor wanted = targets.to(hidden.device());
  for (int64_t from = 0; from < hidden.size(0); from += kRowsOnDevice) {
    const int64_t count = std::min(kRowsOnDevice, hidden.size(0) - from);
    const at::Tensor log_probability = at::log_softmax(logits(head, hidden.narrow(0, from, count)), -1);  // [n, V]
    losses.push_back(log_probability.gather(1, wanted.narrow(0, from, count).unsqueeze(1)).squeeze(1).neg());
    const auto [best, ids] = at::topk(log_probability, std::min(k, log_probability.size(1)));
    const at::Tensor logprobs = best.to(at::kCPU, at::kDouble).contiguous(), tokens = ids.cpu().contiguous();
    for (int64_t row = 0; row < count; ++row) {
      std::vector<TokenLogprob>& top = scores.top.emplace_back();
      for (int64_t i = 0; i < tokens.size(1); ++i)
        top.push_back({tokens[row].const_data_ptr<int64_t>()[i], logprobs[row].const_data_ptr<double>()[i]});
    }
  }
  scores.nll = losses.empty() ? at::empty({0}, at::kDouble) : at::cat(losses).to(at::kCPU, at::kDouble);
  return scores;
}

// An unpacked fp32 head is read where it is.
bool fits_kernels(const Linear& head, const at::Tensor& hidden) {
  if (at::GradMode::is_enabled() || !kernels_read(hidden)) return false;
  if (head.packed()) return true;
  return head.weight().device().is_cpu() && head.weight().scalar_type() == at::kFloat && head.weight().is_contiguous();
}

TokenScores scores_with(const PackedWeight& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t k) {
  StreamedLoss loss(head, hidden, targets, k);
  TokenScores scores{loss.run(), {}};
  const auto* nll = scores.nll.const_data_ptr<double>();
  for (int64_t row = 0; row < hidden.size(0); ++row)
    scores.top.push_back(k > 0 ? loss.likeliest(row, nll[row]) : std::vector<TokenLogprob>());
  return scores;
}

TokenHits hits_with(const PackedWeight& head, const at::Tensor& hidden, const at::Tensor& targets,
                    const at::Tensor& top1) {
  const TokenScores scores = scores_with(head, hidden, targets, 1);
  const at::Tensor wanted = targets.to(at::kLong).contiguous();
  for (int64_t row = 0; row < hidden.size(0); ++row) {
    const std::vector<TokenLogprob>& top = scores.top[static_cast<size_t>(row)];
    top1.data_ptr<bool>()[row] = !top.empty() && top[0].id == wanted.const_data_ptr<int64_t>()[row];
  }
  return {scores.nll, top1};
}

}  // namespace

at::Tensor token_nll(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t rows_at_once) {
  if (!hidden.is_cpu() && !at::GradMode::is_enabled()) return nll_on_device(head, hidden, targets);
  if (!fits_kernels(head, hidden)) return plain(head, hidden, targets, rows_at_once);
  if (head.packed()) return StreamedLoss(*head.packed(), hidden, targets).run();
  const PackedWeight borrowed(head.weight(), head.bias(), Precision::fp32, kernels::kernels());
  return StreamedLoss(borrowed, hidden, targets).run();
}

TokenHits token_hits(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets) {
  TORCH_CHECK(!at::GradMode::is_enabled(), "tokens are ranked without gradients only");
  const at::Tensor top1 = at::empty({hidden.size(0)}, hidden.options().dtype(at::kBool));
  if (!hidden.is_cpu()) return {nll_on_device(head, hidden, targets, top1), top1};
  if (!fits_kernels(head, hidden)) return {plain(head, hidden, targets, /*rows_at_once=*/128, top1), top1};
  if (head.packed()) return hits_with(*head.packed(), hidden, targets, top1);
  const PackedWeight borrowed(head.weight(), head.bias(), Precision::fp32, kernels::kernels());
  return hits_with(borrowed, hidden, targets, top1);
}

TokenScores token_scores(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t k) {
  TORCH_CHECK(!at::GradMode::is_enabled(), "tokens are ranked without gradients only");
  if (!fits_kernels(head, hidden)) return scores_on_device(head, hidden, targets, k);
  if (head.packed()) return scores_with(*head.packed(), hidden, targets, k);
  const PackedWeight borrowed(head.weight(), head.bias(), Precision::fp32, kernels::kernels());
  return scores_with(borrowed, hidden, targets, k);
}

}  // namespace rmt::model::ops
