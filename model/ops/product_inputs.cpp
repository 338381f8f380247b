#include "model/ops/product_inputs.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>

#include "model/ops/elements.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

constexpr int64_t kRowsPerTask = 16;

int64_t rounded_up(int64_t n, int64_t step) {
  return (n + step - 1) / step * step;
}

// body(row) for every row, shared out.
template <class Body>
void for_each_row(int64_t rows, Body&& body) {
  for_each_task((rows + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
    const int64_t end = std::min(rows, (task + 1) * kRowsPerTask);
    for (int64_t row = task * kRowsPerTask; row < end; ++row) body(row);
  });
}

}  // namespace

ProductInputs::ProductInputs(const at::Tensor& x, const PackedWeight& weight)
    : rows_(x.size(0)), rows_per_output_(weight.rows_per_output()), whole_rows_(rows_) {
  const kernels::Element input = weight.product().input;
  const bool bytes = kernels::bytes_of(input) == 1;
  const bool dense = x.stride(1) == 1 || x.size(1) == 1;
  if (weight.product().block > 0) {
    quantise_blocks(x, weight);
  } else if (bytes) {
    quantise(x, weight);
  } else if (dense && element_of(x) == input && weight.padded_in() == x.size(1)) {
    use_in_place(x, weight);
  } else {
    convert(x, weight);
  }
}

void ProductInputs::use_in_place(const at::Tensor& x, const PackedWeight& weight) {
  values_ = x;
  data_ = static_cast<const char*>(x.const_data_ptr());
  stride_ = x.stride(0) * x.element_size();
  const int64_t step = weight.product().row_step, row_bytes = x.size(1) * x.element_size();
  whole_rows_ = rows_ / step * step;
  if (whole_rows_ == rows_) return;
  last_values_ = at::empty({step * stride_}, at::kByte);
  auto* last = last_values_.data_ptr<uint8_t>();
  for (int64_t row = whole_rows_; row < rows_; ++row)
    std::memcpy(last + (row - whole_rows_) * stride_, data_ + row * stride_, static_cast<size_t>(row_bytes));
  last_ = reinterpret_cast<const char*>(last);
}

void ProductInputs::allocate(const PackedWeight& weight) {
  const int64_t read = rounded_up(rows_ * rows_per_output_, weight.product().row_step);
  stride_ = weight.input_bytes();
  values_ = at::empty({read, stride_}, at::kByte);
  data_ = reinterpret_cast<const char*>(values_.const_data_ptr<uint8_t>());
}

void ProductInputs::convert(const at::Tensor& x, const PackedWeight& weight) {
  allocate(weight);
  const auto source = x.contiguous();
  const auto from = element_of(source), to = weight.product().input;
  const auto* rows = static_cast<const char*>(source.const_data_ptr());
  const int64_t in = x.size(1), row_bytes = in * source.element_size();
  const int64_t used = in * kernels::bytes_of(to);
  auto* out = values_.data_ptr<uint8_t>();
  for_each_row(rows_, [&](int64_t row) {
    weight.kernels().convert(from, rows + row * row_bytes, to, out + row * stride_, in);
    std::memset(out + row * stride_ + used, 0, static_cast<size_t>(stride_ - used));
  });
}

void ProductInputs::quantise_blocks(const at::Tensor& x, const PackedWeight& weight) {
  allocate(weight);
  const auto source = x.to(at::kFloat).contiguous();
  const auto* rows = source.const_data_ptr<float>();
  const int64_t in = x.size(1);
  auto* out = values_.data_ptr<uint8_t>();
  for_each_row(rows_, [&](int64_t row) { weight.kernels().quantise_blocks(rows + row * in, in, out + row * stride_); });
}

void ProductInputs::quantise(const at::Tensor& x, const PackedWeight& weight) {
  allocate(weight);
  const auto source = x.to(at::kFloat).contiguous();
  const auto* rows = source.const_data_ptr<float>();
  const int64_t in = x.size(1);
  const int offset = weight.product().input == kernels::Element::uint8 ? 128 : 0;
  scales_ = at::empty({rows_}, at::kFloat);
  auto* scales = scales_.data_ptr<float>();
  scales_data_ = scales;
  auto* out = values_.data_ptr<uint8_t>();
  const auto& kernels = weight.kernels();
  for_each_row(rows_, [&](int64_t row) {
    uint8_t* high = out + row * rows_per_output_ * stride_;
    uint8_t* low = high + stride_;
    scales[row] = rows_per_output_ == 2 ? kernels.quantise_row_halves(rows + row * in, in, offset, high, low)
                                        : kernels.quantise_row(rows + row * in, in, offset, high);
    for (int64_t half = 0; half < rows_per_output_; ++half)
      std::memset(high + half * stride_ + in, 0, static_cast<size_t>(stride_ - in));
  });
}

}  // namespace rmt::model::ops
