// Where a recurrent decoder looks while it reads: the attention of its memory, segment by segment.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <set>
#include <vector>

#include "corpora/segments.h"
#include "lm/eval/document_stream.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

/// The maps of one segment whose rows are [read memory ; text ; write memory]. Weights are a softmax's:
/// all a row gives adds up to 1.
struct SegmentAttention {
  corpora::Segment segment;
  std::vector<int64_t> layers;  ///< which layers the maps hold
  std::vector<int64_t> heads;   ///< which heads; empty: one, the mean over all
  at::Tensor write;             ///< [L, H, M, S]: from the write rows to all rows
  at::Tensor read;              ///< [L, H, T, M]: from the rows of the text to the read rows

  int64_t memory_tokens() const { return read.size(3); }
  int64_t text_tokens() const { return read.size(2); }
};

struct AttentionCapture {
  std::vector<SegmentAttention> segments;  ///< those chosen, in order
  int64_t segments_read = 0;               ///< all of the document's, where it ends before the last one chosen
};

/// Reads `document` up to the last segment chosen, the memory carried all the way. Only maps of chosen
/// segments are computed and kept. Throws std::invalid_argument for a decoder without memory tokens,
/// and what reading the document throws.
AttentionCapture capture_attention(const model::RmtDecoder& decoder, DocumentStream& document,
                                   const std::set<int64_t>& chosen);

/// The part of the maps with one layer or head (by its number in the model), or with the heads averaged.
/// Layer or head must be among the maps'.
SegmentAttention only_layer(SegmentAttention maps, int64_t layer);
SegmentAttention only_head(SegmentAttention maps, int64_t head);
SegmentAttention mean_of_heads(SegmentAttention maps);

}  // namespace rmt::lm
