// The arithmetic of our GPU kernels is written once, over a block of lanes that work on one row: on a GPU the lanes are
// a thread block's threads; in the tests they are threads of the CPU, so that the same code is run without a GPU.
//
// A Block has lane(), lanes() (a power of two), wait() (until all lanes have come here) and scratch() (memory of
// kScratchBytes a lane, shared by all).
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define RMTLM_LANE_CODE __device__ inline
#else
#include <cmath>
#include <cstring>
#define RMTLM_LANE_CODE inline
#endif

namespace rmt::model::cuda {

constexpr int kScratchBytes = 8;

/// All lanes' values joined by `join`, for every lane; always in the same order.
template <class Block, class Value, class Join>
RMTLM_LANE_CODE Value reduce(Block& block, Value mine, Join join) {
  static_assert(sizeof(Value) <= kScratchBytes);
  auto* shared = static_cast<Value*>(block.scratch());
  block.wait();  // whoever still reads an earlier result
  shared[block.lane()] = mine;
  block.wait();
  for (int half = block.lanes() / 2; half > 0; half /= 2) {
    if (block.lane() < half) shared[block.lane()] = join(shared[block.lane()], shared[block.lane() + half]);
    block.wait();
  }
  return shared[0];
}

// bf16 as its bits: the upper half of an fp32.
RMTLM_LANE_CODE float wide(float x) {
  return x;
}
RMTLM_LANE_CODE float wide(uint16_t bf16) {
  const uint32_t bits = static_cast<uint32_t>(bf16) << 16;
#ifdef __CUDACC__
  return __uint_as_float(bits);
#else
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
#endif
}

RMTLM_LANE_CODE void narrow(float x, float& out) {
  out = x;
}
/// To the nearest, ties to even.
RMTLM_LANE_CODE void narrow(float x, uint16_t& out) {
#ifdef __CUDACC__
  const uint32_t bits = __float_as_uint(x);
#else
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
#endif
  constexpr uint32_t kInfinity = 0x7f800000u, kQuiet = 0x40u;
  if ((bits & 0x7fffffffu) > kInfinity) {  // NaN stays one
    out = static_cast<uint16_t>(bits >> 16 | kQuiet);
    return;
  }
  out = static_cast<uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

}  // namespace rmt::model::cuda
