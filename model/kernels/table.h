// The table of a `Simd` type.
#pragma once

#include "model/kernels/attention.h"
#include "model/kernels/attention_gradient.h"
#include "model/kernels/cached_attention.h"
#include "model/kernels/elementwise.h"
#include "model/kernels/finish.h"
#include "model/kernels/kernels.h"
#include "model/kernels/log_sum_exp.h"
#include "model/kernels/nibble_product.h"
#include "model/kernels/norm.h"
#include "model/kernels/norm_gradient.h"
#include "model/kernels/pack.h"
#include "model/kernels/product.h"
#include "model/kernels/quantise.h"
#include "model/kernels/softmax_gradient.h"

namespace rmt::model::kernels {

/// Attention with fp32 products.
template <class S>
struct FloatMath {
  using Value = float;
  static constexpr int64_t kWordValues = 1, kWordStep = 1;
  static constexpr int64_t kQueryRows = S::kProductRows * (S::kLanes == 16 ? 2 : 4);
  static void begin() {}
  static void end() {}
  static void multiply(const ProductTile& tile) { kernels::multiply<S, FloatDot<S>>(tile); }
};

template <class S, class Dot, bool kOffsets = false>
Product vector_product(Element input, Element weight) {
  Product product;
  product.input = input;
  product.weight = weight;
  product.best_rows = Dot::kRows;
  product.has_offsets = kOffsets;
  product.begin = product.end = [] {};
  product.multiply = multiply<S, Dot, kOffsets>;
  return product;
}

template <class S>
Product bf16_product() {
  if constexpr (S::kHasBf16Products) {
    return vector_product<S, BFloat16Dot<S>>(Element::bf16, Element::bf16);
  } else {
    return vector_product<S, WideningDot<S>>(Element::fp32, Element::bf16);
  }
}

template <class S>
Product nibble_product() {
  Product product;
  product.input = product.weight = Element::int8;
  product.block = NibbleBlock::kInputs;
  product.block_words = NibbleBlock::kWords;
  product.block_bytes = NibbleBlock::kInputBytes;
  product.best_rows = kNibbleRows<S>;
  product.begin = product.end = [] {};
  product.multiply = multiply_nibbles<S>;
  return product;
}

template <class S>
Kernels make_kernels(Isa isa) {
  Kernels table;
  table.isa = isa;
  table.panel_columns = kPanelColumns<S>;
  table.fp32 = vector_product<S, FloatDot<S>>(Element::fp32, Element::fp32);
  table.bf16 = bf16_product<S>();
  table.int8 = vector_product<S, ByteDot<S>, true>(Element::uint8, Element::int8);
  table.int4 = nibble_product<S>();
  table.pack_panel = pack_panel<S>;
  table.finish_floats = finish<S, FloatSums<S>>;
  table.finish_bytes = finish<S, ByteSums<S>>;
  table.finish_halves = finish<S, HalvesSums<S>>;
  table.quantise_row = quantise_row<S>;
  table.quantise_row_halves = quantise_row_halves<S>;
  table.quantise_blocks = quantise_blocks<S>;
  table.normalize = normalize<S>;
  table.normalize_gradient = normalize_gradient<S>;
  table.activate = activate<S>;
  table.swiglu = swiglu<S>;
  table.swiglu_gradient = swiglu_gradient<S>;
  table.rotate = rotate<S>;
  table.convert = convert<S>;
  table.add_logits = add_logits<S>;
  table.log_sum_exp = log_sum_exp<S>;
  table.softmax_gradient = softmax_gradient<S>;
  table.attention_gradient = attention_gradient<S>;
  table.attention_fp32 = attention_kernel<S, FloatMath<S>, float>();
  table.attention_bf16 = attention_kernel<S, FloatMath<S>, BFloat16>();
  table.cached_scratch_bytes = [](int64_t heads, int64_t head_size, int64_t keys) {
    return CachedLayout<S>{heads, head_size, keys}.bytes();
  };
  table.attend_cached = attend_cached<S>;
  return table;
}

/// Each in a file of its own, compiled for that instruction set alone; only what runs() may be called.
Kernels make_portable();
Kernels make_avx2();
Kernels make_avx512();
Kernels make_avx512_vnni();
Kernels make_avx512_bf16();
Kernels make_amx();

}  // namespace rmt::model::kernels
