#include "lm/attention/memory_observer.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <algorithm>

#include "lm/attention/row_weights.h"

namespace rmt::lm {
namespace {

// The text's rows over all rows are many times the columns kept of them.
constexpr int64_t kRowsAtOnce = 128;

// [H, T, M]
at::Tensor read_map(const model::LayerAttention& layer, int64_t memory, int64_t text) {
  std::vector<at::Tensor> parts;
  for (int64_t row = 0; row < text; row += kRowsAtOnce) {
    const at::Tensor all = row_weights(layer, memory + row, std::min(kRowsAtOnce, text - row));
    parts.push_back(all.narrow(2, 0, memory).contiguous());
  }
  return at::cat(parts, 1);
}

}  // namespace

MemoryObserver::MemoryObserver(int64_t memory_tokens, int64_t text_tokens)
    : observer_([this, memory_tokens, text_tokens](const model::LayerAttention& layer) {
        write_.push_back(row_weights(layer, memory_tokens + text_tokens, memory_tokens));
        read_.push_back(read_map(layer, memory_tokens, text_tokens));
      }) {}

at::Tensor MemoryObserver::write() const {
  return at::stack(write_);
}

at::Tensor MemoryObserver::read() const {
  return at::stack(read_);
}

}  // namespace rmt::lm
