// The instruction sets the kernels are compiled for, and which of them this processor has.
#pragma once

#include <string_view>
#include <vector>

namespace rmt::model::kernels {

/// Each includes the one before it.
enum class Isa {
  portable,     ///< what the compiler does with short vectors; any architecture
  avx2,         ///< AVX2 and FMA
  avx512,       ///< AVX-512 F, BW, DQ, VL
  avx512_vnni,  ///< + 8-bit dot products
  avx512_bf16,  ///< + bf16 dot products at twice the rate of fp32
  amx           ///< + tile products in bf16 and int8
};

std::string_view name(Isa isa);

/// Whether this build has kernels for `isa` and this processor runs them.
bool runs(Isa isa);

/// Every instruction set that runs here, the best one last.
std::vector<Isa> available();

}  // namespace rmt::model::kernels
