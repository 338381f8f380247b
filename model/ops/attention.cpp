#include "model/ops/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/scaled_dot_product_attention.h>

namespace rmt::model::ops {
namespace {

// Which keys a query may see, [R, S] or [B, 1, R, S] bool; undefined when a flag says it all.
at::Tensor visible(int64_t queries, int64_t keys, const AttentionMask& mask, const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  const auto key = at::arange(keys, options);
  at::Tensor seen;
  if (mask.causal && (mask.query_from != 0 || mask.lengths.defined())) {
    seen = key <= (at::arange(queries, options) + mask.query_from).unsqueeze(1);  // [R, S]
  }
  if (!mask.lengths.defined()) return seen;
  // A row of length 0 keeps key 0, so that its softmax stays finite.
  const auto lengths = mask.lengths.to(device).clamp_min(1).view({-1, 1, 1, 1});
  const auto inside = key < lengths;  // [B, 1, 1, S]
  return seen.defined() ? seen & inside : inside;
}

}  // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionMask& mask) {
  const auto seen = visible(q.size(1), k.size(1), mask, q.device());
  const auto out = at::scaled_dot_product_attention(
      q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), seen.defined() ? std::optional(seen) : std::nullopt,
      /*dropout_p=*/0.0, /*is_causal=*/mask.causal && !seen.defined(), /*scale=*/std::nullopt,
      /*enable_gqa=*/q.size(2) != k.size(2));                      // [B, H, R, K]
  return out.transpose(1, 2).reshape({q.size(0), q.size(1), -1});  // [B, R, H*K]
}

}  // namespace rmt::model::ops
