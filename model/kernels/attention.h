// Attention of a block of queries over the keys of one head, chunk of keys by chunk (Dao et al. 2022,
// FlashAttention): scores, softmax with a running highest score, weighted values, all in the second cache.
// Chunks start at the same keys for every block and a query's masked weights are exactly 0, so a row is
// the same in any block.
#pragma once

#include <type_traits>

#include "model/kernels/functions.h"
#include "model/kernels/kernels.h"
#include "model/kernels/pack.h"

namespace rmt::model::kernels {

constexpr int64_t kKeyChunk = 256;
constexpr int64_t kMaxHeadSize = 256;
// A vector of room at the end of a row of scores: the masked lanes of its last vector are written there.
constexpr int64_t kScoreStride = kKeyChunk + 16;

/// How a head is laid out for a `Math` type, which says in what the products are done:
///   Value, kWordValues     of queries, keys, weights and values in memory; how many make a word
///   kWordStep, kQueryRows  padding of a product's depth; rows of a block
///   begin, end, multiply   as in Product
template <class S, class Math>
struct HeadLayout {
  static constexpr int64_t kColumns = kPanelColumns<S>;
  int64_t keys, head_size;

  int64_t depth_words() const { return words(head_size); }
  int64_t key_words() const { return words(keys); }
  int64_t value_columns() const { return rounded_up(head_size, kColumns); }
  int64_t key_panel_bytes() const { return depth_words() * kColumns * 4; }
  int64_t value_panel_bytes() const { return key_words() * kColumns * 4; }
  int64_t key_bytes() const { return rounded_up(keys, kColumns) / kColumns * key_panel_bytes(); }
  int64_t value_bytes() const { return value_columns() / kColumns * value_panel_bytes(); }
  int64_t query_bytes() const { return rounded_up(Math::kQueryRows * depth_words() * 4, 64); }
  int64_t score_bytes() const { return Math::kQueryRows * kScoreStride * 4; }
  // fp32 weights take the place of their scores.
  int64_t weight_bytes() const { return sizeof(typename Math::Value) == 4 ? 0 : Math::kQueryRows * kScoreStride * 2; }
  int64_t sum_bytes() const { return Math::kQueryRows * value_columns() * 4; }
  int64_t scratch_bytes() const { return query_bytes() + score_bytes() + weight_bytes() + sum_bytes(); }

  static int64_t words(int64_t values) {
    return rounded_up(rounded_up(values, Math::kWordValues) / Math::kWordValues, Math::kWordStep);
  }
};

/// One row of values converted to Math::Value, zero past `count`.
template <class S, class From, class To>
void copy_row(const From* from, int64_t count, To* to, int64_t padded) {
  int64_t i = 0;
  for (; i + S::kLanes <= count; i += S::kLanes) S::store(to + i, S::load(from + i));
  for (; i < padded; i += S::kLanes) {
    const int64_t room = padded - i < S::kLanes ? padded - i : S::kLanes;
    const int64_t left = count - i < 0 ? 0 : count - i < S::kLanes ? count - i : S::kLanes;
    S::store(to + i, S::load(from + (left > 0 ? i : 0), left), room);
  }
}

/// Where the rows of a head's keys or values are, and which of them are to be packed.
struct RowSource {
  const void* rows;
  int64_t stride, keys, first, end;
  template <class T>
  const T* row(int64_t key) const {
    return reinterpret_cast<const T*>(static_cast<const char*>(rows) + key * stride);
  }
};

/// Key panels are [depth words][columns], a column is a key. See AttentionKernel::pack.
template <class S, class Math, class T>
void pack_keys(const RowSource& source, const HeadLayout<S, Math>& layout, char* panels) {
  using Value = typename Math::Value;
  const int64_t words = layout.depth_words(), depth = words * Math::kWordValues;
  alignas(64) Value copy[S::kLanes * kMaxHeadSize];
  for (int64_t key = source.first; key < source.end; key += S::kLanes) {
    const void* rows = source.row<T>(key);
    int64_t stride = source.stride / 4;
    // Rows that are not there, are padded or are of another type go through a copy.
    if (!std::is_same_v<T, Value> || depth != layout.head_size || key + S::kLanes > source.keys) {
      for (int64_t i = 0; i < S::kLanes; ++i) {
        const bool exists = key + i < source.keys;
        copy_row<S>(source.row<T>(exists ? key + i : 0), exists ? layout.head_size : 0, copy + i * depth, depth);
      }
      rows = copy;
      stride = words;
    }
    auto* panel = panels + key / layout.kColumns * layout.key_panel_bytes() + 4 * (key % layout.kColumns);
    for (int64_t word = 0; word < words; word += S::kLanes)
      S::transpose(static_cast<const int32_t*>(rows) + word, stride, panel + 4 * word * layout.kColumns,
                   layout.kColumns);
  }
}

/// Value panels are [key words][columns], a column is a component. See AttentionKernel::pack.
template <class S, class Math, class T>
void pack_values(const RowSource& source, const HeadLayout<S, Math>& layout, char* panels) {
  const auto load = [&](int64_t key, int64_t column) {
    const int64_t left = key < source.keys ? layout.head_size - column : 0;
    if (left >= S::kLanes) return S::load(source.row<T>(key) + column);
    return S::load(source.row<T>(left > 0 ? key : 0) + (left > 0 ? column : 0), left > 0 ? left : 0);
  };
  constexpr int64_t kTogether = Math::kWordValues;
  for (int64_t word = source.first / kTogether; word < source.end / kTogether; ++word)
    for (int64_t column = 0; column < layout.value_columns(); column += S::kLanes) {
      auto* panel = panels + column / layout.kColumns * layout.value_panel_bytes();
      auto* target = panel + 4 * (word * layout.kColumns + column % layout.kColumns);
      if constexpr (kTogether == 1) {
        S::store(reinterpret_cast<float*>(target), load(word, column));
      } else {
        S::store_words(target, S::pairs(load(2 * word, column), load(2 * word + 1, column)));
      }
    }
}

/// See AttentionKernel::pack.
template <class S, class Math, class T>
void pack_head(const HeadRows& head, int64_t first, int64_t count) {
  const HeadLayout<S, Math> layout{head.keys, head.head_size};
  const auto range = [&](const void* rows, int64_t stride, int64_t step) {
    const int64_t end = first + count < head.keys ? first + count : head.keys;
    return RowSource{rows, stride, head.keys, first, rounded_up(end, step)};
  };
  pack_keys<S, Math, T>(range(head.key_rows, head.key_stride, layout.kColumns), layout,
                        static_cast<char*>(head.key_panels));
  pack_values<S, Math, T>(range(head.value_rows, head.value_stride, Math::kWordStep * Math::kWordValues), layout,
                          static_cast<char*>(head.value_panels));
}

/// scores [count] -> the highest of them. The rest of the last vector becomes -infinity.
template <class S>
[[gnu::always_inline]] inline float highest_score(float* scores, int64_t count) {
  const auto nothing = S::set(-__builtin_inff());
  S::store(scores + count, nothing);
  auto even = nothing, odd = nothing;
  int64_t i = 0;
  for (; i + S::kLanes < count; i += 2 * S::kLanes) {
    even = S::max(even, S::load(scores + i));
    odd = S::max(odd, S::load(scores + i + S::kLanes));
  }
  if (i < count) even = S::max(even, S::load(scores + i));
  return S::highest(S::max(even, odd));
}

/// weights = 2^(scale scores - highest), 0 from `count` up to `padded`; lane by lane added to `sums`.
template <class S, class Value>
[[gnu::always_inline]] inline void exponential_weights(const float* scores, int64_t count, int64_t padded, float scale,
                                                       float highest, Value* weights, typename S::Floats& sums) {
  const auto factor = S::set(scale), below = S::set(-highest);
  int64_t i = 0;
  for (; i < count; i += S::kLanes) {
    const auto weight = power_of_two<S, sizeof(Value) == 2>(S::fma(S::load(scores + i), factor, below));
    sums = sums + weight;
    S::store(weights + i, weight);
  }
  for (; i < padded; i += S::kLanes) S::store(weights + i, S::set(0.0f));
}

template <class S>
void scale_row(float* row, int64_t width, float factor) {
  for (int64_t i = 0; i < width; i += S::kLanes) S::store(row + i, S::load(row + i) * S::set(factor));
}

/// A block's scratch memory and the products into it.
template <class S, class Math, class T>
class AttendedBlock {
 public:
  using Value = typename Math::Value;

  explicit AttendedBlock(const AttentionBlock& block)
      : block_(block), layout_{block.keys, block.head_size}, scale_(block.scale * kLog2OfE) {
    auto* memory = static_cast<char*>(block.scratch);
    queries_ = reinterpret_cast<Value*>(memory);
    scores_ = reinterpret_cast<float*>(memory += layout_.query_bytes());
    weights_ = reinterpret_cast<Value*>(sizeof(Value) == 4 ? memory : memory + layout_.score_bytes());
    memory += layout_.score_bytes();
    sums_ = reinterpret_cast<float*>(memory + layout_.weight_bytes());
    const int64_t depth = layout_.depth_words() * Math::kWordValues;
    for (int64_t r = 0; r < block.rows; ++r) {
      const auto* query = static_cast<const char*>(block.queries) + r * block.query_stride;
      copy_row<S>(reinterpret_cast<const T*>(query), block.head_size, queries_ + r * depth, depth);
      highest_[r] = -__builtin_inff();
      sum_[r] = S::set(0.0f);
    }
  }

  /// Keys [from, from + count): the softmax and the sums of every row go on.
  void add_keys(int64_t from, int64_t count) {
    score(from, count);
    const int64_t depth = layout_.words(count) * Math::kWordValues;
    // In two passes, so that one row's exponentials need not wait for its own highest score.
    for (int64_t r = 0; r < block_.rows; ++r) raise(r, from, seen(r, from, count));
    for (int64_t r = 0; r < block_.rows; ++r)
      exponential_weights<S>(scores_ + r * kScoreStride, seen(r, from, count), depth, scale_, highest_[r],
                             weights_ + r * kScoreStride, sum_[r]);
    add_values(from, depth / Math::kWordValues);
  }

  void write() const {
    for (int64_t r = 0; r < block_.rows; ++r) {
      float* sums = sums_ + r * layout_.value_columns();
      scale_row<S>(sums, layout_.value_columns(), 1.0f / S::sum(sum_[r]));
      auto* out = static_cast<char*>(block_.out) + r * block_.out_stride;
      copy_row<S>(sums, block_.head_size, reinterpret_cast<T*>(out), block_.head_size);
    }
  }

  /// How many keys the query in row r sees.
  int64_t visible(int64_t r) const {
    const int64_t before = block_.position + r + 1;
    return block_.causal && before < block_.keys ? before : block_.keys;
  }

 private:
  /// How many of the keys [from, from + count) the query in row r sees.
  int64_t seen(int64_t r, int64_t from, int64_t count) const {
    const int64_t keys = visible(r) - from;
    return keys < 0 ? 0 : keys < count ? keys : count;
  }

  /// Takes the highest of `count` new scores into account, and brings the row's earlier sums down to it.
  void raise(int64_t r, int64_t from, int64_t count) {
    if (count == 0) return;
    const float reached = highest_score<S>(scores_ + r * kScoreStride, count) * scale_;
    if (!(reached > highest_[r])) return;
    if (from > 0) {
      const float kept = S::first(power_of_two<S>(S::set(highest_[r] - reached)));
      sum_[r] = sum_[r] * S::set(kept);
      scale_row<S>(sums_ + r * layout_.value_columns(), layout_.value_columns(), kept);
    }
    highest_[r] = reached;
  }

  void score(int64_t from, int64_t count) {
    ProductTile tile;
    tile.inputs = queries_;
    tile.words = layout_.depth_words();
    tile.input_stride = 4 * tile.words;
    tile.rows = block_.rows;
    tile.sum_stride = kScoreStride;
    for (int64_t key = 0; key < count; key += layout_.kColumns) {
      const int64_t panel = (from + key) / layout_.kColumns;
      tile.panel = static_cast<const char*>(block_.key_panels) + panel * layout_.key_panel_bytes();
      tile.sums = scores_ + key;
      Math::multiply(tile);
    }
  }

  void add_values(int64_t from, int64_t words) {
    ProductTile tile;
    tile.inputs = weights_;
    tile.input_stride = kScoreStride * int64_t{sizeof(Value)};
    tile.rows = block_.rows;
    tile.words = words;
    tile.sum_stride = layout_.value_columns();
    tile.accumulate = from > 0;
    for (int64_t column = 0; column < layout_.value_columns(); column += layout_.kColumns) {
      const auto* panel =
          static_cast<const char*>(block_.value_panels) + column / layout_.kColumns * layout_.value_panel_bytes();
      tile.panel = panel + from / Math::kWordValues * layout_.kColumns * 4;
      tile.sums = sums_ + column;
      Math::multiply(tile);
    }
  }

  const AttentionBlock& block_;
  HeadLayout<S, Math> layout_;
  float scale_;  // of scores that are exponents of 2
  Value *queries_, *weights_;
  float *scores_, *sums_;
  float highest_[Math::kQueryRows];
  typename S::Floats sum_[Math::kQueryRows];
};

/// See AttentionKernel::attend.
template <class S, class Math, class T>
void attend(const AttentionBlock& block) {
  Math::begin();
  AttendedBlock<S, Math, T> attended(block);
  const int64_t keys = attended.visible(block.rows - 1);
  for (int64_t from = 0; from < keys; from += kKeyChunk)
    attended.add_keys(from, keys - from < kKeyChunk ? keys - from : kKeyChunk);
  attended.write();
  Math::end();
}

template <class S, class Math, class T>
AttentionKernel attention_kernel() {
  AttentionKernel kernel;
  kernel.query_rows = Math::kQueryRows;
  kernel.key_bytes = [](int64_t keys, int64_t head_size) { return HeadLayout<S, Math>{keys, head_size}.key_bytes(); };
  kernel.value_bytes = [](int64_t keys, int64_t head_size) {
    return HeadLayout<S, Math>{keys, head_size}.value_bytes();
  };
  kernel.scratch_bytes = [](int64_t head_size) { return HeadLayout<S, Math>{0, head_size}.scratch_bytes(); };
  kernel.pack_step = kPanelColumns<S>;
  kernel.pack = pack_head<S, Math, T>;
  kernel.attend = attend<S, Math, T>;
  return kernel;
}

}  // namespace rmt::model::kernels
