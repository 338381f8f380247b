// Small steps every backbone's forward shares: checking what it was given and picking rows.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/backbone.h"

namespace rmt::model {

/// Throws Error(mismatch) when embeddings [B, S, D], layout and rows do not fit the backbone or each other.
void check_layout(const BackboneConfig& config, const at::Tensor& embeddings, const RowLayout& layout, RowRange rows);

/// [S] or [B, S] int64: the layout's positions, or 0 .. S-1.
at::Tensor positions_of(const RowLayout& layout, const at::Tensor& embeddings);

/// x [B, S, D] -> [B, R, D] contiguous.
at::Tensor take_rows(const at::Tensor& x, RowRange rows);

/// Attention of one layer for some of its rows, under the layout's mask and seen by its observer. q [B, S, H, K], k and
/// v [B, S, G, K] -> [B, R, H*K].
at::Tensor attend(const RowLayout& layout, size_t layer, RowRange rows, const at::Tensor& q, const at::Tensor& k,
                  const at::Tensor& v);

/// The dtype that flows between matrix products.
at::ScalarType activation_dtype(Precision precision);
kernels::Element activation_element(Precision precision);

}  // namespace rmt::model
