// Vectors of 16 floats, for the kernels written over a `Simd` type (simd_portable.h describes it).
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "model/kernels/bfloat16.h"
#include "model/kernels/unroll.h"

namespace rmt::model::kernels {

/// The arguments say which extensions the file is compiled for; each makes a type of its own, so that
/// the linker never takes one file's code for another's.
template <bool kVnni, bool kBf16>
struct Avx512 {
  using Floats = __m512;
  using Words = __m512i;
  static constexpr int kLanes = 16;
  static constexpr int kProductRows = 14, kWideProductRows = 12;
  static constexpr bool kHasBf16Products = kBf16;

  static __mmask16 leading(int64_t count) { return static_cast<__mmask16>((1u << count) - 1); }

  static Floats set(float x) { return _mm512_set1_ps(x); }
  static Floats load(const float* p) { return _mm512_loadu_ps(p); }
  static Floats load(const BFloat16* p) { return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
  static Floats load(const float* p, int64_t count) { return _mm512_maskz_loadu_ps(leading(count), p); }
  static Floats load(const BFloat16* p, int64_t count) { return widen(_mm256_maskz_loadu_epi16(leading(count), p)); }
  static void store(float* p, Floats x) { _mm512_storeu_ps(p, x); }
  static void store(BFloat16* p, Floats x) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), narrow(x)); }
  static void store(float* p, Floats x, int64_t count) { _mm512_mask_storeu_ps(p, leading(count), x); }
  static void store(BFloat16* p, Floats x, int64_t count) { _mm256_mask_storeu_epi16(p, leading(count), narrow(x)); }

  static Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
  // A NaN in the second operand comes through.
  static Floats max(Floats a, Floats b) { return _mm512_max_ps(a, b); }
  static Floats min(Floats a, Floats b) { return _mm512_min_ps(a, b); }
  static Floats absolute(Floats x) { return _mm512_abs_ps(x); }
  static Floats round(Floats x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static Floats floor(Floats x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
  static Floats times_power_of_two(Floats x, Floats exponent) { return _mm512_scalef_ps(x, exponent); }
  static Floats reciprocal(Floats x) {
    const Floats estimate = _mm512_rcp14_ps(x);
    return estimate * _mm512_fnmadd_ps(x, estimate, set(2.0f));
  }
  static bool any_greater(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ) != 0; }
  static float sum(Floats x) { return _mm512_reduce_add_ps(x); }
  static float first(Floats x) { return _mm512_cvtss_f32(x); }
  static float highest(Floats x) { return _mm512_reduce_max_ps(x); }

  static Words words(int32_t x) { return _mm512_set1_epi32(x); }
  static Words load_words(const void* p) { return _mm512_loadu_si512(p); }
  static void store_words(void* p, Words x) { _mm512_storeu_si512(p, x); }
  static Floats to_floats(Words x) { return _mm512_cvtepi32_ps(x); }
  // Of pairs of bf16: the first of each, the second of each.
  static Floats even(Words pairs) { return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)); }
  static Floats odd(Words pairs) {
    return _mm512_castsi512_ps(_mm512_and_si512(pairs, _mm512_set1_epi32(static_cast<int>(0xffff0000))));
  }
  static Words pairs(Floats even, Floats odd) {
    return _mm512_or_si512(_mm512_srli_epi32(_mm512_castps_si512(even), 16), _mm512_castps_si512(odd));
  }
  // Of every byte the lower half, the upper half.
  static Words low_nibbles(Words x) { return _mm512_and_si512(x, words(0x0f0f0f0f)); }
  static Words high_nibbles(Words x) { return low_nibbles(_mm512_srli_epi32(x, 4)); }
  // The lowest byte of every integral value.
  static void store_bytes(void* p, Floats x) {
    _mm_storeu_si128(static_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(x)));
  }

  /// sum + products of 4 unsigned bytes of `a` with 4 signed bytes of `b`, in every 32-bit lane.
  static Words dot_bytes(Words sum, Words a, Words b) {
#ifdef __AVX512VNNI__
    if constexpr (kVnni) return _mm512_dpbusd_epi32(sum, a, b);
#endif
    const Words low = _mm512_set1_epi32(0x00ff00ff);
    const Words even_products =
        _mm512_madd_epi16(_mm512_and_si512(a, low), _mm512_srai_epi16(_mm512_slli_epi16(b, 8), 8));
    const Words odd_products = _mm512_madd_epi16(_mm512_srli_epi16(a, 8), _mm512_srai_epi16(b, 8));
    return _mm512_add_epi32(sum, _mm512_add_epi32(even_products, odd_products));
  }
  /// sum + products of 2 bf16 of `a` with 2 of `b`, in every lane.
  static Floats dot_bf16(Floats sum, [[maybe_unused]] Words a, [[maybe_unused]] Words b) {
#ifdef __AVX512BF16__
    if constexpr (kBf16) return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
#endif
    return sum;
  }

  /// to[j][i] = from[i][j] for a block of kLanes x kLanes words; strides in words.
  static void transpose(const void* from, int64_t from_stride, void* to, int64_t to_stride) {
    const auto* source = static_cast<const int32_t*>(from);
    auto* target = static_cast<int32_t*>(to);
    Words row[16], pair[16];
    unroll<16>([&](auto i) { row[i] = _mm512_loadu_si512(source + i * from_stride); });
    unroll<8>([&](auto i) {
      pair[2 * i] = _mm512_unpacklo_epi32(row[2 * i], row[2 * i + 1]);
      pair[2 * i + 1] = _mm512_unpackhi_epi32(row[2 * i], row[2 * i + 1]);
    });
    unroll<4>([&](auto i) {
      row[4 * i] = _mm512_unpacklo_epi64(pair[4 * i], pair[4 * i + 2]);
      row[4 * i + 1] = _mm512_unpackhi_epi64(pair[4 * i], pair[4 * i + 2]);
      row[4 * i + 2] = _mm512_unpacklo_epi64(pair[4 * i + 1], pair[4 * i + 3]);
      row[4 * i + 3] = _mm512_unpackhi_epi64(pair[4 * i + 1], pair[4 * i + 3]);
    });
    unroll<4>([&](auto i) {
      pair[i] = _mm512_shuffle_i32x4(row[i], row[i + 4], 0x88);
      pair[i + 4] = _mm512_shuffle_i32x4(row[i + 8], row[i + 12], 0x88);
      pair[i + 8] = _mm512_shuffle_i32x4(row[i], row[i + 4], 0xdd);
      pair[i + 12] = _mm512_shuffle_i32x4(row[i + 8], row[i + 12], 0xdd);
    });
    unroll<4>([&](auto i) {
      _mm512_storeu_si512(target + i * to_stride, _mm512_shuffle_i32x4(pair[i], pair[i + 4], 0x88));
      _mm512_storeu_si512(target + (i + 8) * to_stride, _mm512_shuffle_i32x4(pair[i], pair[i + 4], 0xdd));
      _mm512_storeu_si512(target + (i + 4) * to_stride, _mm512_shuffle_i32x4(pair[i + 8], pair[i + 12], 0x88));
      _mm512_storeu_si512(target + (i + 12) * to_stride, _mm512_shuffle_i32x4(pair[i + 8], pair[i + 12], 0xdd));
    });
  }

 private:
  static Floats widen(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
  }
  // Rounds to the nearest, ties to even; a NaN stays one.
  static __m256i narrow(Floats x) {
#ifdef __AVX512BF16__
    if constexpr (kBf16) return (__m256i)_mm512_cvtneps_pbh(x);
#endif
    const Words bits = _mm512_castps_si512(x);
    const Words lowest = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const Words rounded = _mm512_add_epi32(bits, _mm512_add_epi32(lowest, _mm512_set1_epi32(0x7fff)));
    const Words quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x00400000));
    const Words chosen = _mm512_mask_mov_epi32(rounded, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), quiet);
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(chosen, 16));
  }
};

}  // namespace rmt::model::kernels
