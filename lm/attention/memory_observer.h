// Collects, layer by layer, what the memory of one segment is written from and who looks at it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/attention_observer.h"

namespace rmt::lm {

/// For one stream whose rows are [read memory ; text ; write memory]. Weights are a softmax's: all a row gives adds up
/// to 1.
class MemoryObserver {
 public:
  MemoryObserver(int64_t memory_tokens, int64_t text_tokens);
  MemoryObserver(const MemoryObserver&) = delete;  // the observer points here
  MemoryObserver& operator=(const MemoryObserver&) = delete;

  /// Sees every layer in full: the text's rows of the last layer must be asked for, too.
  const model::AttentionObserver& observer() const { return observer_; }

  at::Tensor write() const;  ///< [L, H, M, S]: from the write rows to all rows
  at::Tensor read() const;   ///< [L, H, T, M]: from the rows of the text to the read rows

 private:
  model::AttentionObserver observer_;
  std::vector<at::Tensor> write_, read_;  // by layer
};

}  // namespace rmt::lm
