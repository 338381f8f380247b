// Between segments as documents are cut and tensors as the model takes them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "corpora/segments.h"
#include "model/backbone.h"
#include "model/rmt/segment_batch.h"

namespace rmt::lm {

/// The negative log-likelihoods of one segment's tokens, in nats. The first token of a document has
/// none, so the first segment has one fewer than tokens.
struct SegmentNll {
  std::vector<double> token_nll;
  int64_t first_scored = 0;  ///< index in the segment of token_nll[0]: 1 in a document's first segment, else 0
  std::vector<bool> top1;    ///< whether each was the likeliest token; empty unless that was asked for
};

/// A row for each.
model::SegmentBatch batch_of(std::span<const corpora::Segment* const> segments);

/// Of a segment whose own rows ended as `hidden` [len, D]; `before` [D] predicts its first token, undefined where
/// nothing does. With `top1` the losses are the same.
SegmentNll segment_nll(const model::Backbone& backbone, const corpora::Segment& segment, const at::Tensor& before,
                       const at::Tensor& hidden, bool top1 = false);

}  // namespace rmt::lm
