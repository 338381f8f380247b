#include "tests/support/tensors.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

#include "model/weights/safetensors.h"

namespace rmt::tests {

double max_difference(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  const at::Tensor difference = a.to(at::kDouble).sub(b.to(at::kDouble)).abs();
  if (difference.numel() == 0) return 0;
  return difference.isfinite().all().item<bool>() ? difference.max().item<double>()
                                                  : std::numeric_limits<double>::infinity();
}

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && at::equal(a, b);
}

std::map<std::string, at::Tensor> reference_values(const std::string& name) {
  const std::string path = "tests/fixtures/model/" + name + ".safetensors";
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " is missing: run the tests from the repository's root");
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::map<std::string, at::Tensor> values;
  for (const auto& [key, tensor] : model::read_safetensors(bytes).tensors) values[key] = tensor;
  return values;
}

}  // namespace rmt::tests
