#include "lm/attention/row_weights.h"

namespace rmt::lm {

at::Tensor row_weights(const model::LayerAttention& layer, int64_t from, int64_t count) {
  model::ops::AttentionMask mask = layer.mask;
  mask.query_from = from;
  const at::Tensor q = layer.q.narrow(1, from - layer.mask.query_from, count);
  return model::ops::attention_probabilities(q, layer.k, mask).squeeze(0);
}

}  // namespace rmt::lm
