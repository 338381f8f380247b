#include "model/kernels/simd_avx512.h"
#include "model/kernels/table.h"

namespace rmt::model::kernels {

Kernels make_avx512_vnni() {
  return make_kernels<Avx512<true, false>>(Isa::avx512_vnni);
}

}  // namespace rmt::model::kernels
