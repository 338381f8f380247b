// Vectors of 8 floats, for the kernels written over a `Simd` type (simd_portable.h describes it).
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "model/kernels/bfloat16.h"
#include "model/kernels/unroll.h"

namespace rmt::model::kernels {

struct Avx2 {
  using Floats = __m256;
  using Words = __m256i;
  static constexpr int kLanes = 8;
  static constexpr int kProductRows = 6, kWideProductRows = 4;
  static constexpr bool kHasBf16Products = false;

  static Words leading(int64_t count) {
    const Words lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane);
  }

  static Floats set(float x) { return _mm256_set1_ps(x); }
  static Floats load(const float* p) { return _mm256_loadu_ps(p); }
  static Floats load(const BFloat16* p) { return widen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
  static Floats load(const float* p, int64_t count) { return _mm256_maskload_ps(p, leading(count)); }
  static Floats load(const BFloat16* p, int64_t count) {
    alignas(16) BFloat16 part[kLanes] = {};
    for (int64_t i = 0; i < count; ++i) part[i] = p[i];
    return load(part);
  }
  static void store(float* p, Floats x) { _mm256_storeu_ps(p, x); }
  static void store(BFloat16* p, Floats x) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), narrow(x)); }
  static void store(float* p, Floats x, int64_t count) { _mm256_maskstore_ps(p, leading(count), x); }
  static void store(BFloat16* p, Floats x, int64_t count) {
    alignas(16) BFloat16 part[kLanes];
    store(part, x);
    for (int64_t i = 0; i < count; ++i) p[i] = part[i];
  }

  static Floats fma(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
  // A NaN in the second operand comes through.
  static Floats max(Floats a, Floats b) { return _mm256_max_ps(a, b); }
  static Floats min(Floats a, Floats b) { return _mm256_min_ps(a, b); }
  static Floats absolute(Floats x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
  static Floats round(Floats x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static Floats floor(Floats x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
  // In two steps, so that results below the smallest normal number round instead of vanishing.
  static Floats times_power_of_two(Floats x, Floats exponent) {
    const Words n = _mm256_cvtps_epi32(exponent), half = _mm256_srai_epi32(n, 1);
    return x * power_of_two(half) * power_of_two(_mm256_sub_epi32(n, half));
  }
  static Floats reciprocal(Floats x) { return set(1.0f) / x; }
  static bool any_greater(Floats a, Floats b) { return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)) != 0; }
  static float sum(Floats x) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
  }
  static float first(Floats x) { return _mm256_cvtss_f32(x); }
  static float highest(Floats x) {
    __m128 half = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_max_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
  }

  static Words words(int32_t x) { return _mm256_set1_epi32(x); }
  static Words load_words(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store_words(void* p, Words x) { _mm256_storeu_si256(static_cast<__m256i*>(p), x); }
  static Floats to_floats(Words x) { return _mm256_cvtepi32_ps(x); }
  static Floats even(Words pairs) { return _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16)); }
  static Floats odd(Words pairs) {
    return _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32(static_cast<int>(0xffff0000))));
  }
  static Words pairs(Floats even, Floats odd) {
    return _mm256_or_si256(_mm256_srli_epi32(_mm256_castps_si256(even), 16), _mm256_castps_si256(odd));
  }
  static Words low_nibbles(Words x) { return _mm256_and_si256(x, words(0x0f0f0f0f)); }
  static Words high_nibbles(Words x) { return low_nibbles(_mm256_srli_epi32(x, 4)); }
  static void store_bytes(void* p, Floats x) {
    const Words low = _mm256_and_si256(_mm256_cvtps_epi32(x), _mm256_set1_epi32(0xff));
    const __m128i shorts = _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    _mm_storel_epi64(static_cast<__m128i*>(p), _mm_packus_epi16(shorts, shorts));
  }
  static Words dot_bytes(Words sum, Words a, Words b) {
    const Words low = _mm256_set1_epi32(0x00ff00ff);
    const Words even_products =
        _mm256_madd_epi16(_mm256_and_si256(a, low), _mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8));
    const Words odd_products = _mm256_madd_epi16(_mm256_srli_epi16(a, 8), _mm256_srai_epi16(b, 8));
    return _mm256_add_epi32(sum, _mm256_add_epi32(even_products, odd_products));
  }
  static Floats dot_bf16(Floats sum, Words, Words) { return sum; }

  static void transpose(const void* from, int64_t from_stride, void* to, int64_t to_stride) {
    const auto* source = static_cast<const float*>(from);
    auto* target = static_cast<float*>(to);
    Floats row[8], pair[8];
    unroll<8>([&](auto i) { row[i] = _mm256_loadu_ps(source + i * from_stride); });
    unroll<4>([&](auto i) {
      pair[2 * i] = _mm256_unpacklo_ps(row[2 * i], row[2 * i + 1]);
      pair[2 * i + 1] = _mm256_unpackhi_ps(row[2 * i], row[2 * i + 1]);
    });
    unroll<2>([&](auto i) {
      row[4 * i] = _mm256_shuffle_ps(pair[4 * i], pair[4 * i + 2], 0x44);
      row[4 * i + 1] = _mm256_shuffle_ps(pair[4 * i], pair[4 * i + 2], 0xee);
      row[4 * i + 2] = _mm256_shuffle_ps(pair[4 * i + 1], pair[4 * i + 3], 0x44);
      row[4 * i + 3] = _mm256_shuffle_ps(pair[4 * i + 1], pair[4 * i + 3], 0xee);
    });
    unroll<4>([&](auto i) {
      _mm256_storeu_ps(target + i * to_stride, _mm256_permute2f128_ps(row[i], row[i + 4], 0x20));
      _mm256_storeu_ps(target + (i + 4) * to_stride, _mm256_permute2f128_ps(row[i], row[i + 4], 0x31));
    });
  }

 private:
  static Floats power_of_two(Words n) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
  }
  static Floats widen(__m128i halves) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
  }
  // Rounds to the nearest, ties to even; a NaN stays one.
  static __m128i narrow(Floats x) {
    const Words bits = _mm256_castps_si256(x);
    const Words lowest = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const Words rounded = _mm256_add_epi32(bits, _mm256_add_epi32(lowest, _mm256_set1_epi32(0x7fff)));
    const Words quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x00400000));
    const Words unordered = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    const Words high = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, unordered), 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
  }
};

}  // namespace rmt::model::kernels
