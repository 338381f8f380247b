// Numbers to feed the kernels with, and every table of them that runs here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/kernels/bfloat16.h"
#include "model/kernels/kernels.h"

namespace rmt::tests {

/// The tables of all instruction sets of this processor.
std::vector<const model::kernels::Kernels*> all_tables();

/// Uniform in [low, high), the same for the same seed everywhere.
std::vector<float> uniform(int64_t count, uint64_t seed, float low = -1, float high = 1);
std::vector<int8_t> uniform_bytes(int64_t count, uint64_t seed);

model::kernels::BFloat16 to_bf16(float x);
float to_float(model::kernels::BFloat16 x);
std::vector<model::kernels::BFloat16> to_bf16(const std::vector<float>& x);
std::vector<float> to_floats(const std::vector<model::kernels::BFloat16>& x);

}  // namespace rmt::tests
