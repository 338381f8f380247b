#include "model/kernels/simd_avx512.h"
#include "model/kernels/table.h"

namespace rmt::model::kernels {

Kernels make_avx512_bf16() {
  return make_kernels<Avx512<true, true>>(Isa::avx512_bf16);
}

}  // namespace rmt::model::kernels
