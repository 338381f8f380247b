// Keys and values of many lanes at fixed places, for steps of fixed shape on a device: every lane has room for a whole
// segment. (On the CPU lanes grow by pages instead: key_value_cache.h.)
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rmt::model::ops {

class LaneCache {
 public:
  struct Shape {
    int64_t lanes = 0, layers = 0, rows = 0, kv_heads = 0, head_size = 0;
  };

  /// Zeros, in the type and on the device of `options`.
  LaneCache(const Shape& shape, const at::TensorOptions& options);

  /// Takes rows `from`, `from` + 1, … of one lane: k and v [n, G, K].
  void fill(int64_t lane, int64_t layer, int64_t from, const at::Tensor& k, const at::Tensor& v) const;
  /// One lane's rows become another's.
  void copy(int64_t from, int64_t to) const;

  /// One row more for each of the first b lanes, all at once: its keys and values [b, 1, G, K] are put at row rows[b]
  /// (int64, on the device), and its query [b, 1, H, K] sees the rows up to and with it -> [b, 1, H*K]. Lanes that
  /// have nothing to decode take part, too; what they put at their next row is overwritten later.
  at::Tensor decode(int64_t layer, const at::Tensor& rows, const at::Tensor& q, const at::Tensor& k,
                    const at::Tensor& v) const;

  int64_t bytes() const { return static_cast<int64_t>(keys_.nbytes() + values_.nbytes()); }

 private:
  at::Tensor keys_, values_;  // [layers, lanes, rows, G, K]
};

}  // namespace rmt::model::ops
