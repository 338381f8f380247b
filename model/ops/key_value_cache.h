// The keys and values of a segment's rows, so that the next row is computed alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/kernels/kernels.h"

namespace rmt::model::ops {

/// Grows row by row. A value: a copy shares the pages of rows already there and takes one of its own when it is
/// written to, so that to fork costs nothing and siblings keep their common beginning once.
class KeyValueCache {
 public:
  struct Shape {
    int64_t layers = 0, kv_heads = 0, head_size = 0;
    kernels::Element element = kernels::Element::fp32;  ///< what is kept: fp32 or bf16
  };

  explicit KeyValueCache(const Shape& shape);

  const Shape& shape() const { return shape_; }
  /// Rows that every layer has.
  int64_t rows() const { return rows_.empty() ? 0 : rows_.back(); }
  int64_t rows_of(int64_t layer) const { return rows_[static_cast<size_t>(layer)]; }
  /// Of all its pages, shared ones too.
  int64_t bytes() const { return static_cast<int64_t>(pages_.size()) * page_bytes_; }

  /// k and v [S, G, K], fp32 or bf16 with a dense last dimension: rows after those that are there.
  void append(int64_t layer, const at::Tensor& k, const at::Tensor& v);

  /// The same one row at a time, for threads that share its heads out: make room, put every head of every layer
  /// ([K] each, in the cache's element type), then count it in. put() changes nothing but that head's own memory.
  void make_room();
  void put(int64_t layer, int64_t kv_head, const void* key, const void* value) const;
  void count_row();

  /// As kernels::CachedQueries wants them.
  std::vector<const void*> pages() const;
  int64_t offset_of(int64_t layer, int64_t kv_head) const { return (layer * shape_.kv_heads + kv_head) * head_bytes_; }

 private:
  char* page_to_write(int64_t index);

  Shape shape_;
  int64_t page_rows_, head_bytes_, page_bytes_;
  std::vector<int64_t> rows_;      // [layers]
  std::vector<at::Tensor> pages_;  // each [page_bytes] uint8: layer by layer, head by head
};

/// Attention of rows that go on from those in caches[b]; their keys and values are appended. q [B, R, H, K] begins
/// with row `query_from` of the new rows; k and v [B, S, G, K] -> [B, R, H*K].
at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t query_from,
                            int64_t layer, std::span<KeyValueCache* const> caches);

}  // namespace rmt::model::ops
