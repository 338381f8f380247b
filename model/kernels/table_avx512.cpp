#include "model/kernels/simd_avx512.h"
#include "model/kernels/table.h"

namespace rmt::model::kernels {

Kernels make_avx512() {
  return make_kernels<Avx512<false, false>>(Isa::avx512);
}

}  // namespace rmt::model::kernels
