// The recurrent decoder token by token inside a segment: [memory ; tokens so far], the rows before kept as keys and
// values. The memory is never written from here: a segment that is full is read once more as a whole
// (RmtDecoder::step), so that a memory stays a function of the memory and the tokens before it, bit for bit.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "model/ops/key_value_cache.h"
#include "model/rmt/decoder.h"

namespace rmt::model {

/// A segment as far as it goes.
struct OpenSegment {
  ops::KeyValueCache cache;  ///< of M + t rows
  at::Tensor hidden;         ///< [t - from, D] after the final norm, of tokens [from, t)
};

class IncrementalDecoder {
 public:
  explicit IncrementalDecoder(const RmtDecoder& decoder) : decoder_(decoder) {}

  /// memory [1, M, D] and ids [t] int64, at most a segment. The hidden states of tokens before `from` are not
  /// finished.
  OpenSegment begin(const at::Tensor& memory, const at::Tensor& ids, int64_t from = 0) const;

  /// One token of each of several segments, ids [R] int64 with one cache each -> hidden states [R, D]. On the CPU a
  /// row is bit for bit what it is alone. Throws Error(mismatch) where a segment is full.
  at::Tensor extend(const at::Tensor& ids, std::span<ops::KeyValueCache* const> caches) const;

  /// Tokens of the segment a cache is of.
  int64_t tokens_of(const ops::KeyValueCache& cache) const { return cache.rows() - decoder_.config().memory_tokens; }

 private:
  const RmtDecoder& decoder_;
};

}  // namespace rmt::model
