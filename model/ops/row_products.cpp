#include "model/ops/row_products.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstring>

#include "model/ops/matrix_product.h"

namespace rmt::model::ops {
namespace {

// A thread that was held up leaves the rest to the others, and yet memory is read in long runs.
constexpr int64_t kTurnsPerThread = 6;

int64_t input_room(int64_t rows, const PackedWeight& weight) {
  const int64_t step = weight.product().row_step, read = rows * weight.rows_per_output();
  return (read + step - 1) / step * step * weight.input_bytes();
}

}  // namespace

RowProducts::RowProducts(int64_t rows, const std::vector<const PackedWeight*>& weights, size_t products)
    : rows_(rows), next_panel_(products) {
  int64_t most = 0;
  for (const PackedWeight* weight : weights) most = std::max(most, input_room(rows, *weight));
  inputs_ = at::zeros({most}, at::kByte);
}

void RowProducts::set_input(const PackedWeight& weight, int64_t row, const void* x, kernels::Element element) {
  const auto& kernels = weight.kernels();
  const auto& product = weight.product();
  const int64_t in = weight.in_features(), stride = weight.input_bytes(), each = weight.rows_per_output();
  auto* to = inputs_.data_ptr<uint8_t>() + row * each * stride;
  const auto* floats = static_cast<const float*>(x);  // where the product quantises, activations are fp32
  if (product.block > 0) return kernels.quantise_blocks(floats, in, to);
  if (kernels::bytes_of(product.input) > 1) {
    kernels.convert(element, x, product.input, to, in);
  } else {
    const int offset = product.input == kernels::Element::uint8 ? 128 : 0;
    scales_[row] = each == 2 ? kernels.quantise_row_halves(floats, in, offset, to, to + stride)
                             : kernels.quantise_row(floats, in, offset, to);
  }
  const int64_t used = in * kernels::bytes_of(product.input);
  for (int64_t half = 0; half < each; ++half)
    std::memset(to + half * stride + used, 0, static_cast<size_t>(stride - used));
}

void RowProducts::multiply(const PackedWeight& weight, size_t index, const RowBlock& out) {
  const int64_t panels = weight.panel_count();
  const int64_t at_once = std::max<int64_t>(1, panels / (kTurnsPerThread * at::get_num_threads()));
  auto& next = next_panel_[index];
  weight.product().begin();
  for (int64_t first = next.fetch_add(at_once); first < panels; first = next.fetch_add(at_once))
    for (int64_t panel = first; panel < std::min(first + at_once, panels); ++panel) multiply_panel(weight, panel, out);
  weight.product().end();
}

void RowProducts::multiply_panel(const PackedWeight& weight, int64_t panel, const RowBlock& out) {
  constexpr int64_t kMostColumns = 32, kRowStep = 16;
  const int64_t columns = weight.kernels().panel_columns, first = panel * columns;
  alignas(64) float sums[2 * (kMostRows + kRowStep) * kMostColumns];
  kernels::ProductTile tile;
  tile.inputs = inputs_.const_data_ptr();
  tile.input_stride = weight.input_bytes();
  tile.rows = rows_ * weight.rows_per_output();
  tile.panel = weight.panel(panel, nullptr);
  tile.words = weight.words();
  tile.sums = sums;
  tile.sum_stride = columns;
  weight.product().multiply(tile);

  kernels::FinishTile done;
  done.sums = sums;
  done.sum_stride = columns;
  done.rows = rows_;
  done.columns = std::min(columns, weight.out_features() - first);
  if (weight.scales() != nullptr) {
    done.column_scales = weight.scales() + first;
    done.row_scales = scales_;
  }
  if (weight.bias() != nullptr) done.bias = weight.bias() + first;
  done.out = out.data + first * kernels::bytes_of(out.element);
  done.out_stride = out.stride / kernels::bytes_of(out.element);
  done.out_element = out.element;
  finish(weight, done);
}

}  // namespace rmt::model::ops
