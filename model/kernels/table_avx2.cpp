#include "model/kernels/simd_avx2.h"
#include "model/kernels/table.h"

namespace rmt::model::kernels {

Kernels make_avx2() {
  return make_kernels<Avx2>(Isa::avx2);
}

}  // namespace rmt::model::kernels
