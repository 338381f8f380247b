#include "model/kernels/isa.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace rmt::model::kernels {

std::string_view name(Isa isa) {
  switch (isa) {
    case Isa::portable: return "portable";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
    case Isa::avx512_vnni: return "avx512_vnni";
    case Isa::avx512_bf16: return "avx512_bf16";
    case Isa::amx: return "amx";
  }
  return "unknown";
}

#if defined(__x86_64__) && defined(__linux__)
namespace {

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

// Leaf 7 holds what older compilers' __builtin_cpu_supports cannot name.
bool has_amx() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return false;
  constexpr unsigned kTiles = 1u << 24, kBf16 = 1u << 22, kInt8 = 1u << 25;
  if ((edx & kTiles) == 0 || (edx & kBf16) == 0 || (edx & kInt8) == 0) return false;
  // Linux saves the tile registers only for processes that asked for them.
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

bool has_bf16_products() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (!__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) return false;
  return (eax & (1u << 5)) != 0;
}

}  // namespace

bool runs(Isa isa) {
  __builtin_cpu_init();
  switch (isa) {
    case Isa::portable: return true;
    case Isa::avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::avx512: return has_avx512() && runs(Isa::avx2);
    case Isa::avx512_vnni: return has_avx512() && __builtin_cpu_supports("avx512vnni");
    case Isa::avx512_bf16: return runs(Isa::avx512_vnni) && has_bf16_products();
    case Isa::amx: return runs(Isa::avx512_bf16) && has_amx();
  }
  return false;
}
#else
bool runs(Isa isa) {
  return isa == Isa::portable;
}
#endif

std::vector<Isa> available() {
  std::vector<Isa> found;
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512, Isa::avx512_vnni, Isa::avx512_bf16, Isa::amx})
    if (runs(isa)) found.push_back(isa);
  return found;
}

}  // namespace rmt::model::kernels
