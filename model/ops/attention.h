// Scaled dot-product attention over one segment, and the rotation of its positions.
#pragma once

#include <ATen/core/Tensor.h>

namespace rmt::model::ops {

struct AttentionMask {
  bool causal = true;
  int64_t query_from = 0;  ///< row of the first query among the keys: query i sees keys <= query_from + i
  at::Tensor lengths{};    ///< [B] int64: keys at or past it are hidden; undefined when none is. A query past
                           ///< its row's length gives an unspecified, finite value.
};

/// q [B, R, H, K], k and v [B, S, G, K] (any strides with a dense last dimension; H a multiple of G)
/// -> [B, R, H*K] contiguous.
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionMask& mask);

/// What attention() weighs the values with, head by head: q and k as there -> [B, H, R, S] fp32, every row
/// adding up to 1.
at::Tensor attention_probabilities(const at::Tensor& q, const at::Tensor& k, const AttentionMask& mask);

/// Rotary tables of the Llama family (halves rotated, not pairs).
struct Rope {
  at::Tensor cosine, sine;  ///< [positions, K/2] fp32
};
Rope make_rope(int64_t positions, int64_t head_size, double theta);

/// x [B, S, H, K] rotated by `positions` ([S] or [B, S] int64). Without gradients in place.
at::Tensor rotate(at::Tensor x, const Rope& rope, const at::Tensor& positions);

/// The same for the first `heads` heads only; the others stay.
at::Tensor rotate_first(const at::Tensor& x, int64_t heads, const Rope& rope, const at::Tensor& positions);

}  // namespace rmt::model::ops
