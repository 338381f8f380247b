#include "model/kernels/table.h"
#include "model/kernels/simd_portable.h"

namespace rmt::model::kernels {

Kernels make_portable() {
  return make_kernels<Portable>(Isa::portable);
}

}  // namespace rmt::model::kernels
