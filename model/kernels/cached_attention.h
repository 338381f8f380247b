// Attention of one row over the keys and values that are kept of the rows before it. Memory is read once, in order,
// for all heads that share a key head.
#pragma once

#include "model/kernels/attention.h"

namespace rmt::model::kernels {

/// What a call works with: queries and sums in fp32, the scores of every key.
template <class S>
struct CachedLayout {
  static constexpr int64_t kColumns = kPanelColumns<S>;
  int64_t heads, head_size, keys;

  // Room for highest_score() after them.
  int64_t score_stride() const { return rounded_up(keys, kColumns) + S::kLanes; }
  int64_t sum_stride() const { return rounded_up(head_size, kColumns); }
  int64_t bytes() const { return 4 * heads * (sum_stride() + score_stride() + sum_stride()); }
};

/// Scores of `kHeads` queries with the keys of a page.
template <class S, class T, int kHeads>
void score_page(const float* queries, int64_t query_stride, int64_t head_size, const T* keys, float* scores,
                int64_t score_stride) {
  typename S::Floats sums[kHeads][2];
  unroll<kHeads>([&](auto h) __attribute__((always_inline)) { sums[h][0] = sums[h][1] = S::set(0.0f); });
  for (int64_t i = 0; i < head_size; ++i, keys += kPanelColumns<S>) {
    const auto left = S::load(keys), right = S::load(keys + S::kLanes);
    unroll<kHeads>([&](auto h) __attribute__((always_inline)) {
      const auto x = S::set(queries[h * query_stride + i]);
      sums[h][0] = S::fma(x, left, sums[h][0]);
      sums[h][1] = S::fma(x, right, sums[h][1]);
    });
  }
  unroll<kHeads>([&](auto h) __attribute__((always_inline)) {
    S::store(scores + h * score_stride, sums[h][0]);
    S::store(scores + h * score_stride + S::kLanes, sums[h][1]);
  });
}

/// sums += weights times the first `rows` values of a page, for `kHeads` heads; columns [column, column + 2 vectors).
template <class S, int kHeads, class Load>
[[gnu::always_inline]] inline void add_columns(const float* weights, int64_t weight_stride, int64_t rows, float* sums,
                                               int64_t sum_stride, Load&& load) {
  typename S::Floats running[kHeads][2];
  unroll<kHeads>([&](auto h) __attribute__((always_inline)) {
    running[h][0] = S::load(sums + h * sum_stride);
    running[h][1] = S::load(sums + h * sum_stride + S::kLanes);
  });
  for (int64_t row = 0; row < rows; ++row) {
    const auto left = load(row, 0), right = load(row, S::kLanes);
    unroll<kHeads>([&](auto h) __attribute__((always_inline)) {
      const auto weight = S::set(weights[h * weight_stride + row]);
      running[h][0] = S::fma(weight, left, running[h][0]);
      running[h][1] = S::fma(weight, right, running[h][1]);
    });
  }
  unroll<kHeads>([&](auto h) __attribute__((always_inline)) {
    S::store(sums + h * sum_stride, running[h][0]);
    S::store(sums + h * sum_stride + S::kLanes, running[h][1]);
  });
}

template <class S, class T, int kHeads>
void add_page(const float* weights, int64_t weight_stride, int64_t rows, const T* values, int64_t head_size,
              float* sums, int64_t sum_stride) {
  int64_t column = 0;
  for (; column + kPanelColumns<S> <= head_size; column += kPanelColumns<S>)
    add_columns<S, kHeads>(weights, weight_stride, rows, sums + column, sum_stride,
                           [&](int64_t row, int64_t i) { return S::load(values + row * head_size + column + i); });
  if (column == head_size) return;
  add_columns<S, kHeads>(weights, weight_stride, rows, sums + column, sum_stride, [&](int64_t row, int64_t i) {
    const int64_t left = head_size - column - i;
    const int64_t count = left < 0 ? 0 : left < S::kLanes ? left : S::kLanes;
    return S::load(values + row * head_size + column + (left > 0 ? i : 0), count);
  });
}

/// body(number of heads, first of them) for as many heads at once as the registers hold.
template <class Body>
[[gnu::always_inline]] inline void for_heads(int64_t heads, Body&& body) {
  int64_t head = 0;
  for (; head + 4 <= heads; head += 4) body(std::integral_constant<int, 4>{}, head);
  if (heads - head == 3) body(std::integral_constant<int, 3>{}, head);
  if (heads - head == 2) body(std::integral_constant<int, 2>{}, head);
  if (heads - head == 1) body(std::integral_constant<int, 1>{}, head);
}

template <class S, class T>
void attend_cached_as(const CachedQueries& row) {
  constexpr int64_t kColumns = kPanelColumns<S>;
  const CachedLayout<S> layout{row.heads, row.head_size, row.keys};
  const int64_t score_stride = layout.score_stride(), sum_stride = layout.sum_stride();
  auto* queries = static_cast<float*>(row.scratch);
  auto *sums = queries + row.heads * sum_stride, *scores = sums + row.heads * sum_stride;
  for (int64_t h = 0; h < row.heads; ++h) {
    copy_row<S>(static_cast<const T*>(row.queries) + h * row.head_size, row.head_size, queries + h * sum_stride,
                row.head_size);
    for (int64_t i = 0; i < sum_stride; i += S::kLanes) S::store(sums + h * sum_stride + i, S::set(0.0f));
  }
  const auto keys_of = [&](int64_t page) {
    return reinterpret_cast<const T*>(static_cast<const char*>(row.pages[page]) + row.offset);
  };

  const int64_t pages = rounded_up(row.keys, kColumns) / kColumns;
  for (int64_t page = 0; page < pages; ++page)
    for_heads(row.heads, [&](auto count, int64_t h) {
      score_page<S, T, count>(queries + h * sum_stride, sum_stride, row.head_size, keys_of(page),
                              scores + h * score_stride + page * kColumns, score_stride);
    });

  const float scale = row.scale * kLog2OfE;  // scores become exponents of 2
  for (int64_t h = 0; h < row.heads; ++h) {
    float* of_head = scores + h * score_stride;
    auto total = S::set(0.0f);
    const float highest = highest_score<S>(of_head, row.keys) * scale;
    exponential_weights<S>(of_head, row.keys, row.keys, scale, highest, of_head, total);
    queries[h * sum_stride] = 1.0f / S::sum(total);  // the query is no longer needed
  }

  for (int64_t page = 0; page < pages; ++page) {
    const int64_t first = page * kColumns, rows = row.keys - first < kColumns ? row.keys - first : kColumns;
    for_heads(row.heads, [&](auto count, int64_t h) {
      add_page<S, T, count>(scores + h * score_stride + first, score_stride, rows,
                            keys_of(page) + kColumns * row.head_size, row.head_size, sums + h * sum_stride, sum_stride);
    });
  }
  for (int64_t h = 0; h < row.heads; ++h) {
    scale_row<S>(sums + h * sum_stride, sum_stride, queries[h * sum_stride]);
    copy_row<S>(sums + h * sum_stride, row.head_size, static_cast<T*>(row.out) + h * row.head_size, row.head_size);
  }
}

/// See CachedQueries.
template <class S>
void attend_cached(const CachedQueries& row) {
  if (row.element == Element::bf16) return attend_cached_as<S, BFloat16>(row);
  attend_cached_as<S, float>(row);
}

}  // namespace rmt::model::kernels
