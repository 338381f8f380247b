#include "model/ops/logits.h"

#include "model/ops/matrix_product.h"

namespace rmt::model::ops {

at::Tensor logits(const Linear& head, const at::Tensor& hidden) {
  if (head.packed()) return apply(*head.packed(), hidden, Activation::none, at::kFloat);
  return head(hidden).to(at::kFloat);
}

}  // namespace rmt::model::ops
