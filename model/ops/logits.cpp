#include "model/ops/logits.h"

#include <ATen/ops/mm.h>
#include <c10/core/GradMode.h>

#include "model/ops/matrix_product.h"

namespace rmt::model::ops {

at::Tensor logits(const Linear& head, const at::Tensor& hidden) {
  if (head.packed()) return apply(*head.packed(), hidden, Activation::none, at::kFloat);
  if (hidden.is_cpu()) return head(hidden).to(at::kFloat);
  const at::Tensor rows = hidden.to(head.weight().scalar_type());
  const bool narrow = rows.scalar_type() == at::kBFloat16 && !head.bias().defined();
  if (narrow && rows.is_cuda() && !c10::GradMode::is_enabled()) return at::mm(rows, head.weight().t(), at::kFloat);
  return head(rows).to(at::kFloat);
}

}  // namespace rmt::model::ops
