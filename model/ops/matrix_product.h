// Products with a packed weight: cut into blocks of rows by panels of outputs, each a task for a thread.
// A row of the result depends on that row alone, whatever the batch, the cut or the number of threads.
#pragma once

#include <c10/util/FunctionRef.h>

#include <vector>

#include "model/ops/packed_weight.h"
#include "model/ops/product_inputs.h"

namespace rmt::model::ops {

/// A task: some rows by some panels.
struct ProductBlock {
  int64_t row = 0, rows = 0, panel = 0, panels = 0;
};

/// All rows by all panels. `panels_at_once` 0: as many as share the work out well.
std::vector<ProductBlock> cut(const PackedWeight& weight, int64_t rows, int64_t panels_at_once = 0);

/// The sums of a block's rows by one panel: outputs [row, row + tile.rows) x [column, column + tile.columns),
/// finish() turns them into numbers.
struct PanelSums {
  int64_t row = 0, column = 0;
  kernels::FinishTile tile;
};

/// use(sums) for one panel of the block after the other, on the calling thread; the sums last until it returns.
void multiply(const PackedWeight& weight, const ProductInputs& inputs, const ProductBlock& block,
              c10::function_ref<void(const PanelSums&)> use);

/// Stores activation(sums + bias) at tile.out.
void finish(const PackedWeight& weight, const kernels::FinishTile& tile);

/// x [N, in] -> activation(x Wᵀ + b) [N, out] in `dtype`, fp32 or bf16.
at::Tensor apply(const PackedWeight& weight, const at::Tensor& x, kernels::Activation activation, at::ScalarType dtype);
/// The same in bf16 for a bf16 weight, else in fp32.
at::Tensor apply(const PackedWeight& weight, const at::Tensor& x, kernels::Activation activation);

}  // namespace rmt::model::ops
