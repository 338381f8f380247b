#include "model/ops/matrix_product.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <unistd.h>

#include <algorithm>

#include "model/ops/elements.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

constexpr int64_t kTasksPerThread = 8;
// A product below it is over before another thread has woken up.
constexpr int64_t kMultiplicationsPerTask = 1 << 19;
// Reading a panel from memory takes as long as multiplying it by about so many rows.
constexpr int64_t kRowsOfReading = 8;

int64_t divided_up(int64_t n, int64_t by) {
  return (n + by - 1) / by;
}

// A block's rows stay in half of a core's second cache while the panels pass by.
int64_t cached_input_bytes() {
  const long size = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return std::max<int64_t>(size > 0 ? size : 0, 1 << 20) / 2;
}

// Rows a block may have: as equal as can be, and multiples of what the kernel takes at once.
int64_t rows_at_once(const PackedWeight& weight, int64_t rows) {
  const int64_t row_bytes = weight.rows_per_output() * weight.input_bytes();
  const int64_t step = std::max<int64_t>(1, weight.product().best_rows / weight.rows_per_output());
  const int64_t most = std::max(step, cached_input_bytes() / row_bytes);
  const int64_t equal = divided_up(rows, divided_up(rows, most));
  return divided_up(equal, step) * step;
}

int64_t panels_that_share_well(const PackedWeight& weight, int64_t rows, int64_t row_blocks) {
  const int64_t wanted = kTasksPerThread * at::get_num_threads();
  const int64_t panels = divided_up(weight.panel_count() * row_blocks, wanted);
  const int64_t rows_of_work = std::max(divided_up(rows, row_blocks), kRowsOfReading);
  const int64_t per_panel = rows_of_work * weight.in_features() * weight.kernels().panel_columns;
  return std::max(panels, divided_up(kMultiplicationsPerTask, std::max<int64_t>(per_panel, 1)));
}

kernels::FinishTile describe(const PackedWeight& weight, const ProductInputs& inputs, const ProductBlock& block,
                             int64_t panel, const float* sums) {
  const int64_t columns = weight.kernels().panel_columns, first = panel * columns;
  kernels::FinishTile tile;
  tile.sums = sums;
  tile.sum_stride = columns;
  tile.rows = block.rows;
  tile.columns = std::min(columns, weight.out_features() - first);
  if (weight.scales()) {
    tile.column_scales = weight.scales() + first;
    tile.row_scales = inputs.scales() + block.row;
  }
  if (weight.bias()) tile.bias = weight.bias() + first;
  return tile;
}

// The rows of a block by one panel, those that need room after them apart.
void multiply_panel(const PackedWeight& weight, const ProductInputs& inputs, const ProductBlock& block,
                    kernels::ProductTile tile) {
  const int64_t each = weight.rows_per_output();
  const int64_t end = block.row + block.rows, whole = std::min(end, inputs.whole_rows());
  tile.input_stride = inputs.stride();
  tile.words = weight.words();
  tile.sum_stride = weight.kernels().panel_columns;
  auto* sums = static_cast<float*>(tile.sums);
  if (whole > block.row) {
    tile.inputs = inputs.at_row(block.row);
    tile.rows = (whole - block.row) * each;
    weight.product().multiply(tile);
  }
  if (end > whole) {
    tile.inputs = inputs.last_rows();
    tile.rows = (end - whole) * each;
    tile.sums = sums + (whole - block.row) * each * tile.sum_stride;
    tile.next_panel = nullptr;
    weight.product().multiply(tile);
  }
}

}  // namespace

std::vector<ProductBlock> cut(const PackedWeight& weight, int64_t rows, int64_t panels_at_once) {
  std::vector<ProductBlock> blocks;
  if (rows == 0) return blocks;
  const int64_t height = rows_at_once(weight, rows), row_blocks = divided_up(rows, height);
  if (panels_at_once == 0) panels_at_once = panels_that_share_well(weight, rows, row_blocks);
  for (int64_t row = 0; row < rows; row += height)
    for (int64_t panel = 0; panel < weight.panel_count(); panel += panels_at_once)
      blocks.push_back(
          {row, std::min(height, rows - row), panel, std::min(panels_at_once, weight.panel_count() - panel)});
  return blocks;
}

void multiply(const PackedWeight& weight, const ProductInputs& inputs, const ProductBlock& block,
              c10::function_ref<void(const PanelSums&)> use) {
  const int64_t columns = weight.kernels().panel_columns, step = weight.product().row_step;
  const int64_t rows = divided_up(block.rows * weight.rows_per_output(), step) * step;
  // On the stack for a few rows: an allocation would take as long as a panel of them.
  constexpr int64_t kSumsOnStack = 2048;
  alignas(64) float few[kSumsOnStack];
  at::Tensor many;
  if (rows * columns > kSumsOnStack) many = at::empty({rows, columns}, at::kFloat);
  float* sums = many.defined() ? many.data_ptr<float>() : few;
  const auto made = weight.keeps_panels() ? at::Tensor() : at::empty({weight.panel_bytes()}, at::kByte);
  void* scratch = made.defined() ? made.data_ptr() : nullptr;

  kernels::ProductTile tile;
  tile.sums = sums;
  const int64_t end = block.panel + block.panels;
  weight.product().begin();
  for (int64_t panel = block.panel; panel < end; ++panel) {
    tile.panel = weight.panel(panel, scratch);
    tile.next_panel = panel + 1 < end && weight.keeps_panels() ? weight.panel(panel + 1, nullptr) : nullptr;
    multiply_panel(weight, inputs, block, tile);
    use({block.row, panel * columns, describe(weight, inputs, block, panel, sums)});
  }
  weight.product().end();
}

void finish(const PackedWeight& weight, const kernels::FinishTile& tile) {
  const auto& kernels = weight.kernels();
  switch (weight.precision()) {
    case Precision::fp32:
    case Precision::bf16:
    case Precision::int4: return kernels.finish_floats(tile);
    case Precision::int8: return kernels.finish_bytes(tile);
    case Precision::int8x2: return kernels.finish_halves(tile);
  }
}

at::Tensor apply(const PackedWeight& weight, const at::Tensor& x, kernels::Activation activation,
                 at::ScalarType dtype) {
  const ProductInputs inputs(x, weight);
  const auto out = at::empty({x.size(0), weight.out_features()}, dtype);
  auto* memory = static_cast<char*>(out.data_ptr());
  const int64_t size = out.element_size();
  const auto element = element_of(out);
  const auto blocks = cut(weight, x.size(0));
  for_each_task(static_cast<int64_t>(blocks.size()), [&](int64_t task) {
    multiply(weight, inputs, blocks[static_cast<size_t>(task)], [&](const PanelSums& sums) {
      kernels::FinishTile tile = sums.tile;
      tile.activation = activation;
      tile.out = memory + (sums.row * weight.out_features() + sums.column) * size;
      tile.out_stride = weight.out_features();
      tile.out_element = element;
      finish(weight, tile);
    });
  });
  return out;
}

at::Tensor apply(const PackedWeight& weight, const at::Tensor& x, kernels::Activation activation) {
  return apply(weight, x, activation, weight.precision() == Precision::bf16 ? at::kBFloat16 : at::kFloat);
}

}  // namespace rmt::model::ops
