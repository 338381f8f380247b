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

/// The dtype that flows between matrix products.
at::ScalarType activation_dtype(Precision precision);

}  // namespace rmt::model
