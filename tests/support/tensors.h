// Comparing tensors in tests: what differs, by how much, and where; reference files.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace rmt::tests {

/// Largest absolute difference; infinite when shapes differ or either holds a NaN.
double max_difference(const at::Tensor& a, const at::Tensor& b);

/// Same shape, dtype and bits.
bool same_bits(const at::Tensor& a, const at::Tensor& b);

/// tests/fixtures/model/<name>.safetensors, written by tests/reference/backbones.py.
std::map<std::string, at::Tensor> reference_values(const std::string& name);

}  // namespace rmt::tests
