#include "lm/eval/segment_nll.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "model/ops/cross_entropy.h"

namespace rmt::lm {

using corpora::Segment;

model::SegmentBatch batch_of(std::span<const Segment* const> segments) {
  model::SegmentBatch batch;
  for (const Segment* segment : segments) batch.lengths.push_back(static_cast<int64_t>(segment->ids.size()));
  const int64_t longest = *std::max_element(batch.lengths.begin(), batch.lengths.end());
  batch.ids = at::zeros({batch.batch(), longest}, at::kLong);
  for (size_t b = 0; b < segments.size(); ++b)
    std::copy(segments[b]->ids.begin(), segments[b]->ids.end(),
              batch.ids.data_ptr<int64_t>() + static_cast<int64_t>(b) * longest);
  return batch;
}

SegmentNll segment_nll(const model::Backbone& backbone, const Segment& segment, const at::Tensor& before,
                       const at::Tensor& hidden, bool top1) {
  SegmentNll result;
  result.first_scored = before.defined() ? 0 : 1;
  const int64_t length = hidden.size(0), scored = length - result.first_scored;
  if (scored == 0) return result;

  at::Tensor predictors = hidden.narrow(0, 0, length - 1);
  if (before.defined()) predictors = at::cat({before.to(hidden.device()).unsqueeze(0), predictors});  // [scored, D]
  const std::vector<int64_t> targets(segment.ids.begin() + result.first_scored, segment.ids.end());
  const at::Tensor wanted = at::from_blob(const_cast<int64_t*>(targets.data()), {scored}, at::kLong);
  model::ops::TokenHits scores;
  if (top1)
    scores = model::ops::token_hits(backbone.head(), predictors, wanted);
  else
    scores.nll = model::ops::token_nll(backbone.head(), predictors, wanted);
  const at::Tensor nll = scores.nll.to(at::kCPU, at::kDouble);
  result.token_nll.assign(nll.data_ptr<double>(), nll.data_ptr<double>() + scored);
  if (!top1) return result;
  const at::Tensor hits = scores.top1.cpu();
  result.top1.assign(hits.data_ptr<bool>(), hits.data_ptr<bool>() + scored);
  return result;
}

}  // namespace rmt::lm
