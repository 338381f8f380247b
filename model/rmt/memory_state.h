// What a document read so far has become: a few vectors. A value, passed in and out of every step.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/weights/weight_source.h"

namespace rmt::model {

/// The memory of B streams after they have read `segments[b]` segments and `tokens[b]` text tokens.
struct MemoryState {
  at::Tensor memory;  ///< [B, M, D] fp32
  std::vector<int64_t> segments, tokens;

  int64_t batch() const { return static_cast<int64_t>(segments.size()); }

  /// An independent copy: what happens to one is not seen by the other.
  MemoryState fork() const;
};

/// Rows [from, from + count) of a batch as a state of their own, and states joined into one batch.
MemoryState rows_of(const MemoryState& state, int64_t from, int64_t count = 1);
MemoryState join(const std::vector<MemoryState>& states);

/// A state as bytes (safetensors), bound to the model, tokenizer and wrapper that made it, with a checksum of them.
/// `extra` holds further tensors that belong to the stream (the hidden row that predicts the next
/// token, say). load_state throws Error(mismatch) for a foreign fingerprint, Error(malformed) or
/// Error(truncated) for damaged bytes.
std::string save_state(const MemoryState& state, const std::string& fingerprint, const NamedTensors& extra = {});
MemoryState load_state(const std::string& bytes, const std::string& fingerprint, NamedTensors* extra = nullptr);

}  // namespace rmt::model
