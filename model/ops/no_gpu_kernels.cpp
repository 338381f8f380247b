// A build without nvcc: ATen does on a GPU what the kernels would.
#include "model/ops/gpu_kernels.h"

namespace rmt::model::ops {

bool has_gpu_kernels() {
  return false;
}
at::Tensor gpu_normalize(const at::Tensor& /*x*/, const at::Tensor& /*delta*/, const Norm& /*norm*/,
                         at::ScalarType /*dtype*/) {
  return {};
}
bool gpu_token_nll(const at::Tensor& /*logits*/, const at::Tensor& /*targets*/, const at::Tensor& /*nll*/) {
  return false;
}
bool gpu_softmax_gradient(const at::Tensor& /*logits*/, const at::Tensor& /*targets*/, const at::Tensor& /*scale*/,
                          const at::Tensor& /*losses*/) {
  return false;
}

}  // namespace rmt::model::ops
