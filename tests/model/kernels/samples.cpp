#include "tests/model/kernels/samples.h"

#include <cstring>
#include <random>

namespace rmt::tests {

using model::kernels::BFloat16;

std::vector<const model::kernels::Kernels*> all_tables() {
  std::vector<const model::kernels::Kernels*> tables;
  for (const auto isa : model::kernels::available()) tables.push_back(model::kernels::kernels_for(isa));
  return tables;
}

std::vector<float> uniform(int64_t count, uint64_t seed, float low, float high) {
  std::mt19937_64 random(seed);
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& x : numbers) x = low + (high - low) * static_cast<float>(random() >> 40) / static_cast<float>(1 << 24);
  return numbers;
}

std::vector<int8_t> uniform_bytes(int64_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int8_t> numbers(static_cast<size_t>(count));
  for (int8_t& x : numbers) x = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
  return numbers;
}

BFloat16 to_bf16(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return {static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
}

float to_float(BFloat16 x) {
  const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
  float wide;
  std::memcpy(&wide, &bits, sizeof wide);
  return wide;
}

std::vector<BFloat16> to_bf16(const std::vector<float>& x) {
  std::vector<BFloat16> narrow;
  for (const float value : x) narrow.push_back(to_bf16(value));
  return narrow;
}

std::vector<float> to_floats(const std::vector<BFloat16>& x) {
  std::vector<float> wide;
  for (const BFloat16 value : x) wide.push_back(to_float(value));
  return wide;
}

}  // namespace rmt::tests
