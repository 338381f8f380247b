// The CPU arithmetic of the model: plain functions on rows of numbers, no tensors and no threads.
// One table of them per instruction set, chosen once; model/ops/ cuts tensors into rows and shares the
// rows out. A row's result depends on that row alone, never on how many rows come with it.
#pragma once

#include <cstdint>

#include "model/kernels/isa.h"

namespace rmt::model::kernels {

enum class Element { fp32, bf16, int8, uint8 };

constexpr int64_t bytes_of(Element element) {
  return element == Element::fp32 ? 4 : element == Element::bf16 ? 2 : 1;
}

/// The outputs of a matrix product that are computed together: rows of `inputs` by one panel of weights.
///
/// A panel holds the weights of `panel_columns` outputs, as [words][panel_columns] 32-bit words; a word is
/// one fp32, two bf16 or four int8 weights of consecutive inputs.
struct ProductTile {
  const void* inputs = nullptr;  ///< [rows] of `words` 32-bit words each (fp32: see Product::input)
  int64_t input_stride = 0;      ///< bytes from row to row
  int64_t rows = 0;
  const void* panel = nullptr;
  const void* next_panel = nullptr;  ///< read next, brought closer meanwhile; may be null
  int64_t words = 0;
  void* sums = nullptr;  ///< [rows][sum_stride] fp32 or int32
  int64_t sum_stride = 0;
  bool accumulate = false;  ///< add to what is in `sums`; fp32 and bf16 only
};

/// A matrix product in one precision.
struct Product {
  Element input = Element::fp32;   ///< what a row of inputs is made of; one fp32 for every weight where it is
                                   ///< fp32, whatever the weights are
  Element weight = Element::fp32;  ///< what the words of a panel are made of
  int64_t word_step = 1;           ///< rows and panels are zero-padded to a multiple of it
  int64_t row_step = 1;            ///< inputs and sums have room for rows up to a multiple of it
  int64_t best_rows = 1;           ///< row counts divisible by it waste nothing
  int64_t block = 0;               ///< inputs of a block with scales of its own; 0: none has
  int64_t block_words = 0;         ///< of a panel's column; its bytes in a row of inputs:
  int64_t block_bytes = 0;
  bool has_offsets = false;   ///< a panel starts with panel_columns int32: see `offsets`
  void (*begin)() = nullptr;  ///< before the products of one task on one thread, and after them
  void (*end)() = nullptr;
  void (*multiply)(const ProductTile&) = nullptr;
};

/// Layer norm, or RMS norm without a bias, of x, or of x + delta where there is one.
struct NormRows {
  const float* x = nullptr;
  const void* delta = nullptr;
  Element delta_element = Element::fp32;
  float* sum = nullptr;  ///< x + delta; may be x
  const float *weight = nullptr, *bias = nullptr;
  float eps = 0;
  void* out = nullptr;
  Element out_element = Element::fp32;
  int64_t rows = 0, width = 0;  ///< everything contiguous
};

/// What NormRows does, backwards: gradients with respect to its input(s), given those of its output.
struct NormGradientRows {
  const float* x = nullptr;      ///< the row that was normalized: x, or x + delta
  const void* by_out = nullptr;  ///< gradient of the output
  Element by_out_element = Element::fp32;
  const float* by_sum = nullptr;  ///< what else the sum gets; null: nothing
  const float* weight = nullptr;
  float eps = 0;
  bool centered = false;                           ///< layer norm
  float* by_x = nullptr;                           ///< of the sum and so of x
  void* by_delta = nullptr;                        ///< the same in bf16; null where it is not wanted
  float *by_weight = nullptr, *by_bias = nullptr;  ///< [width], added to; null where not wanted
  int64_t rows = 0, width = 0;                     ///< everything contiguous
};

enum class Activation { none, gelu_tanh, gelu_erf };

/// Sums of a product with one panel made into outputs: scaled (int8 kinds), plus bias, through the activation,
/// stored. The rows of sums are whole panels wide.
struct FinishTile {
  const void* sums = nullptr;
  int64_t sum_stride = 0;
  int64_t rows = 0, columns = 0;
  const float* row_scales = nullptr;     ///< [rows]; int8 kinds only
  const float* column_scales = nullptr;  ///< [columns]; int8 kinds only
  const float* bias = nullptr;           ///< [columns] or null
  Activation activation = Activation::none;
  void* out = nullptr;
  int64_t out_stride = 0;  ///< elements
  Element out_element = Element::fp32;
};

/// Of a row's logits seen so far, lane by lane: the highest, and the sum of exp(logit - highest).
struct LogSumExpState {
  static constexpr int64_t kLanes = 16;
  float highest[kLanes], sum[kLanes];
  LogSumExpState() {
    for (int64_t i = 0; i < kLanes; ++i) {
      highest[i] = -3.0e38f;  // finite: an infinite logit minus it is no NaN
      sum[i] = 0;
    }
  }
};
struct LogSumExp {
  float highest;
  double sum;  ///< of exp(logit - highest)
};

/// One block of queries of one head against the keys of that head.
struct AttentionBlock {
  const void* queries = nullptr;  ///< [rows][head_size] with `query_stride` bytes between rows
  int64_t query_stride = 0, rows = 0;
  int64_t position = 0;  ///< of the first query among the keys
  bool causal = true;
  int64_t keys = 0;  ///< that exist; the packed ones are rounded up
  int64_t head_size = 0;
  float scale = 1;
  const void *key_panels = nullptr, *value_panels = nullptr;
  void* out = nullptr;      ///< [rows][head_size]
  int64_t out_stride = 0;   ///< bytes
  void* scratch = nullptr;  ///< AttentionKernel::scratch_bytes, 64-byte aligned
};

/// The keys and values of one head: rows [keys][head_size], `stride` bytes apart (multiples of 4), and the
/// panels to be made of them.
struct HeadRows {
  const void *key_rows = nullptr, *value_rows = nullptr;
  int64_t key_stride = 0, value_stride = 0;
  int64_t keys = 0, head_size = 0;
  void *key_panels = nullptr, *value_panels = nullptr;
};

/// Attention in one element type.
struct AttentionKernel {
  int64_t query_rows = 0;  ///< rows a block may have
  int64_t (*key_bytes)(int64_t keys, int64_t head_size) = nullptr;
  int64_t (*value_bytes)(int64_t keys, int64_t head_size) = nullptr;
  int64_t (*scratch_bytes)(int64_t head_size) = nullptr;
  /// Packs keys and values [first, first + count) of a head; `first` a multiple of `pack_step`, `count` too
  /// but for the last.
  int64_t pack_step = 0;
  void (*pack)(const HeadRows&, int64_t first, int64_t count) = nullptr;
  void (*attend)(const AttentionBlock&) = nullptr;
};

/// The queries of one row, of the heads that share a key head, against the keys and values kept of earlier rows and
/// of itself. These lie in pages of panel_columns rows: keys [head_size][panel_columns], a column is a key, then
/// values [panel_columns][head_size].
struct CachedQueries {
  Element element = Element::fp32;  ///< of queries, keys, values and outputs; fp32 or bf16
  const void* queries = nullptr;    ///< [heads][head_size], without gaps
  int64_t heads = 0, head_size = 0;
  const void* const* pages = nullptr;
  int64_t offset = 0;  ///< bytes from a page's start to the keys of this head
  int64_t keys = 0;
  float scale = 1;
  void* out = nullptr;      ///< [heads][head_size]
  void* scratch = nullptr;  ///< Kernels::cached_scratch_bytes
};

struct Kernels {
  Isa isa = Isa::portable;
  int64_t panel_columns = 0;
  Product fp32, bf16, int8, int4;

  /// rows [count][words] of 32-bit words, `stride` words apart -> the words of a panel, [padded_words][panel_columns];
  /// columns past `count` and words past `words` are 0.
  void (*pack_panel)(const void* rows, int64_t stride, int64_t count, int64_t words, int64_t padded_words,
                     void* panel) = nullptr;

  void (*finish_floats)(const FinishTile&) = nullptr;
  void (*finish_bytes)(const FinishTile&) = nullptr;   ///< int32 sums
  void (*finish_halves)(const FinishTile&) = nullptr;  ///< int32 sums of high bytes and, in the next row, of low bytes

  /// x [width] -> bytes with x ~ scale * byte; returns the scale. `offset` is added (128 makes them unsigned).
  float (*quantise_row)(const float* x, int64_t width, int offset, uint8_t* bytes) = nullptr;
  /// x ~ scale * (256 high + low)
  float (*quantise_row_halves)(const float* x, int64_t width, int offset, uint8_t* high, uint8_t* low) = nullptr;

  /// x [width] -> the blocks of Product::block inputs that `int4` reads; the last is filled up with zeros.
  void (*quantise_blocks)(const float* x, int64_t width, void* blocks) = nullptr;

  void (*normalize)(const NormRows&) = nullptr;
  void (*normalize_gradient)(const NormGradientRows&) = nullptr;
  void (*activate)(Activation, Element, void* x, int64_t count) = nullptr;  ///< in place
  void (*swiglu)(Element, const void* gate_up, void* out, int64_t rows, int64_t width) = nullptr;
  /// by_out [rows][width] -> by_gate_up [rows][2 width]
  void (*swiglu_gradient)(Element, const void* gate_up, const void* by_out, void* by_gate_up, int64_t rows,
                          int64_t width) = nullptr;
  /// x [heads][head_size], `head_stride` elements apart, rotated in place
  void (*rotate)(Element, void* x, int64_t head_stride, int64_t heads, int64_t head_size, const float* cosine,
                 const float* sine) = nullptr;
  void (*convert)(Element from, const void* x, Element to, void* out, int64_t count) = nullptr;

  void (*add_logits)(const float* logits, int64_t stride, int64_t rows, int64_t columns,
                     LogSumExpState* states) = nullptr;
  LogSumExp (*log_sum_exp)(const LogSumExpState&) = nullptr;

  /// Logits [count] -> scale (softmax - one-hot of `target`), in place; returns the target's loss.
  double (*softmax_gradient)(Element, void* logits, int64_t count, int64_t target, float scale) = nullptr;

  AttentionKernel attention_fp32, attention_bf16;
  int64_t (*cached_scratch_bytes)(int64_t heads, int64_t head_size, int64_t keys) = nullptr;
  void (*attend_cached)(const CachedQueries&) = nullptr;
  /// One query's scores q k -> their softmax over the first `seen` after `scale`, in place; the gradients of the
  /// probabilities -> those of the scores, in place.
  void (*attention_gradient)(Element, void* scores, void* by_probabilities, int64_t columns, int64_t seen,
                             float scale) = nullptr;
};

/// The table of an instruction set that runs(); null where it does not.
const Kernels* kernels_for(Isa isa);

/// The table for this processor.
const Kernels& kernels();

}  // namespace rmt::model::kernels
