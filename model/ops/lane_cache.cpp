#include "model/ops/lane_cache.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>

namespace rmt::model::ops {

LaneCache::LaneCache(const Shape& shape, const at::TensorOptions& options)
    : keys_(at::zeros({shape.layers, shape.lanes, shape.rows, shape.kv_heads, shape.head_size}, options)),
      values_(at::zeros(keys_.sizes(), options)) {}

void LaneCache::fill(int64_t lane, int64_t layer, int64_t from, const at::Tensor& k, const at::Tensor& v) const {
  keys_.select(0, layer).select(0, lane).narrow(0, from, k.size(0)).copy_(k);
  values_.select(0, layer).select(0, lane).narrow(0, from, v.size(0)).copy_(v);
}

void LaneCache::copy(int64_t from, int64_t to) const {
  keys_.select(1, to).copy_(keys_.select(1, from));
  values_.select(1, to).copy_(values_.select(1, from));
}

at::Tensor LaneCache::decode(int64_t layer, const at::Tensor& rows, const at::Tensor& q, const at::Tensor& k,
                             const at::Tensor& v) const {
  const int64_t lanes = rows.size(0);
  const at::Tensor keys = keys_.select(0, layer).narrow(0, 0, lanes),
                   values = values_.select(0, layer).narrow(0, 0, lanes);
  const at::Tensor place = rows.view({-1, 1, 1, 1});
  keys.scatter_(1, place.expand_as(k), k.to(keys.scalar_type()));
  values.scatter_(1, place.expand_as(v), v.to(values.scalar_type()));
  const at::Tensor seen = at::arange(keys.size(1), rows.options()) <= place;  // [b, 1, 1, rows]
  const at::Tensor out = at::scaled_dot_product_attention(
      q.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2), seen, /*dropout_p=*/0.0, /*is_causal=*/false,
      /*scale=*/std::nullopt, /*enable_gqa=*/q.size(2) != k.size(2));  // [b, H, 1, K]
  return out.transpose(1, 2).reshape({lanes, 1, -1});
}

}  // namespace rmt::model::ops
