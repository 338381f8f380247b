// 16-bit floats to fp32 in plain integer arithmetic: exact, the same on every machine, vectorisable,
// and right when the processor flushes subnormals to zero.
#pragma once

#include <bit>
#include <cstdint>

namespace rmt::model {

inline float half_to_float(uint16_t half) {
  constexpr uint32_t kRebias = uint32_t{127 - 15} << 23;
  const uint32_t sign = uint32_t{half & 0x8000u} << 16;
  const uint32_t magnitude = uint32_t{half & 0x7fffu} << 13;  // exponent and mantissa where fp32 has them
  const uint32_t exponent = magnitude & 0x0f800000u;
  const uint32_t normal = magnitude + kRebias;
  const uint32_t not_finite = normal + kRebias;
  // A subnormal's bits read as the mantissa of a number in [2^-14, 2^-13), less 2^-14.
  const float small = std::bit_cast<float>(normal + (1u << 23)) - 0x1p-14f;
  const uint32_t bits = exponent == 0 ? std::bit_cast<uint32_t>(small) : exponent == 0x0f800000u ? not_finite : normal;
  return std::bit_cast<float>(sign | bits);
}

inline float bfloat_to_float(uint16_t bfloat) {
  return std::bit_cast<float>(uint32_t{bfloat} << 16);
}

}  // namespace rmt::model
