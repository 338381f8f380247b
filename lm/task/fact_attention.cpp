#include "lm/task/fact_attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <vector>

#include "lm/attention/row_weights.h"
#include "lm/task/answer_objective.h"

namespace rmt::lm {

namespace {

/// Tokens [from, to) of facts, by their place in segment `index` of `length` tokens.
std::vector<int64_t> fact_tokens(const std::vector<corpora::TaskSample::Fact>& facts, int64_t index, int64_t length) {
  std::vector<int64_t> tokens;
  for (const auto& fact : facts)
    for (int64_t token = std::max(fact.from, index * length); token < std::min(fact.to, (index + 1) * length); ++token)
      tokens.push_back(token - index * length);
  return tokens;
}

/// What the write rows of one layer give to `tokens`: [H], the mean over the rows.
at::Tensor shares_of(const model::LayerAttention& layer, const SegmentRows& rows, const at::Tensor& tokens) {
  const at::Tensor weights = row_weights(layer, rows.write, rows.memory);  // [H, M, S]
  return weights.index_select(2, tokens + rows.text).sum(-1).mean(-1);
}

/// Adds up what is seen of segments with facts.
class Watcher {
 public:
  explicit Watcher(const TaskModel& model) : model_(model) {}

  model::MemoryState read(const model::SegmentBatch& segment, const model::MemoryState& state,
                          const std::vector<int64_t>& tokens) {
    if (tokens.empty()) return model_.read(segment, state, false).next;
    const SegmentRows rows = model_.segment_rows(segment.ids.size(1));
    const at::Tensor places = at::tensor(tokens, at::kLong);
    std::vector<at::Tensor> layers;
    int64_t all_rows = 0;
    const model::AttentionObserver observer = [&](const model::LayerAttention& layer) {
      layers.push_back(shares_of(layer, rows, places));
      all_rows = layer.k.size(1);
    };
    model::MemoryState next = model_.read(segment, state, false, &observer).next;
    const at::Tensor shares = at::stack(layers).to(at::kDouble);
    sum_ = segments_ == 0 ? shares : sum_ + shares;
    even_ += static_cast<double>(tokens.size()) / static_cast<double>(all_rows);
    ++segments_;
    return next;
  }

  FactAttention result(int64_t samples) const {
    if (segments_ == 0) return {.samples = samples, .segments = 0, .shares = at::zeros({0, 0}), .even_share = 0};
    const auto count = static_cast<double>(segments_);
    return {.samples = samples, .segments = segments_, .shares = sum_ / count, .even_share = even_ / count};
  }

 private:
  const TaskModel& model_;
  at::Tensor sum_;  // [L, H]
  double even_ = 0;
  int64_t segments_ = 0;
};

}  // namespace

FactAttention fact_attention(const TaskModel& model, const corpora::TaskGenerator& generator, int64_t samples,
                             const std::function<bool()>& go_on) {
  const c10::AutoGradMode off(false);
  const int64_t segments = generator.options().segments, length = generator.options().segment_length;
  Watcher watcher(model);
  int64_t read = 0;
  for (; read < samples && go_on(); ++read) {
    const corpora::TaskSample sample = generator.sample(corpora::kFirstEvaluationIndex + read);
    const std::vector<int64_t> ids(sample.ids.begin(), sample.ids.end());
    const auto parts = cut_segments(at::tensor(ids, at::kLong).unsqueeze(0), segments);
    model::MemoryState state = model.start(1);
    for (int64_t s = 0; s < segments; ++s)
      state = watcher.read(parts[static_cast<size_t>(s)], state, fact_tokens(sample.facts, s, length));
  }
  return watcher.result(read);
}

}  // namespace rmt::lm
