// The weight source without a file.
#include "model/error.h"
#include "model/weights/safetensors.h"
#include "model/weights/tensor_shape.h"
#include "model/weights/weight_source.h"

namespace rmt::model {

TensorMap::TensorMap(std::map<std::string, at::Tensor> tensors) : tensors_(std::move(tensors)) {}

std::vector<std::string> TensorMap::names() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors_) names.push_back(name);
  return names;
}

bool TensorMap::contains(const std::string& name) const {
  return tensors_.contains(name);
}

at::Tensor TensorMap::load(const std::string& name, at::IntArrayRef shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw Error(Errc::not_found, "tensors in memory: no tensor " + shown(name));
  const at::Tensor& tensor = found->second;
  require_shape("tensors in memory: tensor " + shown(name), tensor.sizes(), shape);
  return tensor.detach().to(at::kCPU, at::kFloat, /*non_blocking=*/false, /*copy=*/true).contiguous();
}

const std::string& TensorMap::fingerprint() const {
  return fingerprint_.get([this] { return sha256_hex(write_safetensors({tensors_.begin(), tensors_.end()})); });
}

}  // namespace rmt::model
