#include "model/ops/packed_weight.h"

#include <ATen/ops/abs.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/div.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/round.h>
#include <ATen/ops/where.h>

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "model/ops/nibble_weight.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

const kernels::Product& product_for(Precision precision, const kernels::Kernels& kernels) {
  switch (precision) {
    case Precision::fp32: return kernels.fp32;
    case Precision::bf16: return kernels.bf16;
    case Precision::int8:
    case Precision::int8x2: return kernels.int8;
    case Precision::int4: return kernels.int4;
  }
  return kernels.fp32;
}

int64_t divided_up(int64_t n, int64_t by) {
  return (n + by - 1) / by;
}

// Of a panel's column.
int64_t words_of(const kernels::Product& product, int64_t in) {
  if (product.block > 0) return divided_up(in, product.block) * product.block_words;
  const int64_t in_a_word = 4 / kernels::bytes_of(product.weight);
  return divided_up(divided_up(in, in_a_word), product.word_step) * product.word_step;
}

// Symmetric, one scale an output: weight ~ scale * int8.
std::pair<at::Tensor, at::Tensor> quantised(const at::Tensor& weight) {
  const auto highest = at::amax(at::abs(weight), {1}, /*keepdim=*/true);  // [out, 1]
  const auto scale = at::div(highest, 127.0);
  const auto steps = at::round(at::div(weight, at::where(highest.gt(0), scale, 1.0)));
  return {steps.to(at::kChar), scale.squeeze(1).contiguous()};
}

// Memory that is read from end to end for every segment: large pages save most of its address translations.
at::Tensor streamed_bytes(int64_t rows, int64_t row_bytes) {
  constexpr size_t kLargePage = size_t{2} << 20;
  const auto size = static_cast<size_t>(rows * row_bytes);
  void* memory = std::aligned_alloc(kLargePage, (size + kLargePage - 1) / kLargePage * kLargePage);
  if (memory == nullptr) throw std::bad_alloc();
  if (size >= kLargePage) madvise(memory, size / kLargePage * kLargePage, MADV_HUGEPAGE);
  return at::from_blob(
      memory, {rows, row_bytes}, [](void* p) { std::free(p); }, at::kByte);
}

}  // namespace

PackedWeight::PackedWeight(at::Tensor weight, const at::Tensor& bias, Precision precision,
                           const kernels::Kernels& kernels)
    : precision_(precision),
      kernels_(&kernels),
      product_(&product_for(precision, kernels)),
      in_(weight.size(1)),
      out_(weight.size(0)) {
  words_ = words_of(*product_, in_);
  if (bias.defined()) bias_ = bias.detach().to(at::kFloat).contiguous();

  weight = weight.detach();
  if (precision == Precision::bf16) {
    pack(weight.to(at::kBFloat16).contiguous());
  } else if (precision == Precision::int4) {
    pack_nibbles(weight.to(at::kFloat));
  } else if (precision == Precision::fp32) {
    const bool shared = weight.storage().use_count() > 1;
    const auto rows = weight.to(at::kFloat).contiguous();
    if (shared && rows.is_same(weight)) {
      plain_ = rows;
    } else {
      pack(rows);
    }
  } else {
    const auto [rows, scales] = quantised(weight.to(at::kFloat));
    scales_ = scales;
    pack(rows.contiguous());
  }
  if (panels_.defined()) panel_data_ = panels_.const_data_ptr<uint8_t>();
  if (bias_.defined()) bias_data_ = bias_.const_data_ptr<float>();
  if (scales_.defined()) scales_data_ = scales_.const_data_ptr<float>();
}

int64_t PackedWeight::panel_bytes() const {
  return 4 * kernels_->panel_columns * (words_ + (product_->has_offsets ? 1 : 0));
}

const void* PackedWeight::panel(int64_t index, void* scratch) const {
  if (panel_data_ != nullptr) return panel_data_ + index * panel_bytes();
  pack_panel(plain_, index, scratch);
  return scratch;
}

void PackedWeight::pack(const at::Tensor& rows) {
  // Rows of whole words, so that the kernel can move words instead of numbers.
  const int64_t in_a_word = 4 / kernels::bytes_of(product_->weight);
  const int64_t odd = rows.size(1) % in_a_word;
  const auto even = odd == 0 ? rows : at::constant_pad_nd(rows, {0, in_a_word - odd});
  panels_ = streamed_bytes(panel_count(), panel_bytes());
  auto* panels = panels_.data_ptr<uint8_t>();
  for_each_task(panel_count(), [&](int64_t i) { pack_panel(even, i, panels + i * panel_bytes()); });
}

void PackedWeight::pack_nibbles(const at::Tensor& weight) {
  const NibbleWeight blocks(weight, product_->block);
  panels_ = streamed_bytes(panel_count(), panel_bytes());
  auto* panels = panels_.data_ptr<uint8_t>();
  for_each_task(panel_count(),
                [&](int64_t i) { blocks.pack_panel(i, kernels_->panel_columns, panels + i * panel_bytes()); });
}

void PackedWeight::pack_panel(const at::Tensor& rows, int64_t index, void* panel) const {
  const int64_t columns = kernels_->panel_columns, first = index * columns;
  const int64_t count = std::min(columns, out_ - first), row_bytes = rows.size(1) * rows.element_size();
  const auto* from = static_cast<const char*>(rows.const_data_ptr()) + first * row_bytes;
  auto* words = static_cast<int32_t*>(panel);
  if (product_->has_offsets) {
    // The inputs are raised by 128 to be unsigned; this takes 128 times the weights off again.
    for (int64_t c = 0; c < columns; ++c) {
      int32_t sum = 0;
      for (int64_t i = 0; c < count && i < row_bytes; ++i) sum += static_cast<int8_t>(from[c * row_bytes + i]);
      *words++ = -128 * sum;
    }
  }
  kernels_->pack_panel(from, row_bytes / 4, count, row_bytes / 4, words_, words);
}

}  // namespace rmt::model::ops
