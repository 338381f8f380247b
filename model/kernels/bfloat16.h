// The upper half of an fp32 number, as the kernels see it in memory.
#pragma once

#include <cstdint>

namespace rmt::model::kernels {

struct BFloat16 {
  uint16_t bits;
};

}  // namespace rmt::model::kernels
