// A tensor as NumPy keeps it: .npy, format 1.0.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace rmt::lm {

/// The bytes of a file that numpy.load reads as a C-ordered array of little-endian 32-bit floats.
/// `values` has at least one dimension and any floating-point type.
std::string to_npy(const at::Tensor& values);

}  // namespace rmt::lm
