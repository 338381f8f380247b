#include "model/kernels/kernels.h"

#include <array>

#include "model/kernels/table.h"

namespace rmt::model::kernels {
namespace {

Kernels make(Isa isa) {
#ifdef RMTLM_X86_KERNELS
  switch (isa) {
    case Isa::portable: break;
    case Isa::avx2: return make_avx2();
    case Isa::avx512: return make_avx512();
    case Isa::avx512_vnni: return make_avx512_vnni();
    case Isa::avx512_bf16: return make_avx512_bf16();
    case Isa::amx: return make_amx();
  }
#endif
  return make_portable();
}

// Intel's vector units do a bf16 dot product at half the rate of the two fp32 ones it stands for.
bool slow_bf16_products() {
#ifdef RMTLM_X86_KERNELS
  return __builtin_cpu_is("intel");
#else
  return false;
#endif
}

Isa preferred() {
  Isa best = Isa::portable;
  for (const Isa isa : available())
    if (isa != Isa::avx512_bf16 || !slow_bf16_products()) best = isa;
  return best;
}

}  // namespace

const Kernels* kernels_for(Isa isa) {
  static const auto tables = [] {
    std::array<Kernels, 6> made{};
    for (const Isa each : available()) made[static_cast<size_t>(each)] = make(each);
    return made;
  }();
  return runs(isa) ? &tables[static_cast<size_t>(isa)] : nullptr;
}

const Kernels& kernels() {
  static const Kernels& chosen = *kernels_for(preferred());
  return chosen;
}

}  // namespace rmt::model::kernels
