// What the kernels are written over: a `Simd` type is a set of static functions on vectors of kLanes
// floats. This one is for any architecture, in the vector types GCC and Clang share; simd_avx2.h and
// simd_avx512.h spell out the same functions for theirs.
//
//   load, store      of fp32 or bf16 memory; with a count, of that many leading lanes (the others read 0)
//   max, min         a NaN in the second operand comes through
//   even, odd        the first and the second of every pair of bf16, as fp32; pairs() puts them together
//   low_nibbles      of every byte the lower half; high_nibbles the upper half
//   dot_bytes        per lane, sum + 4 products of an unsigned with a signed byte
//   dot_bf16         per lane, sum + 2 products of bf16; only where kHasBf16Products
//   transpose        of kLanes x kLanes words
//   kProductRows     rows of a matrix product whose accumulators (two vectors each) fit the registers;
//   kWideProductRows the same where each weight takes two registers
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "model/kernels/bfloat16.h"

namespace rmt::model::kernels {

struct Portable {
  using Floats [[gnu::vector_size(16)]] = float;
  using Words [[gnu::vector_size(16)]] = int32_t;
  static constexpr int kLanes = 4;
  static constexpr int kProductRows = 5, kWideProductRows = 3;
  static constexpr bool kHasBf16Products = false;

  static Floats set(float x) { return Floats{x, x, x, x}; }
  static Floats load(const float* p) { return read<Floats>(p); }
  static Floats load(const BFloat16* p) { return as_floats(Words{p[0].bits, p[1].bits, p[2].bits, p[3].bits} << 16); }
  template <class T>
  static Floats load(const T* p, int64_t count) {
    T part[kLanes] = {};
    for (int64_t i = 0; i < count; ++i) part[i] = p[i];
    return load(part);
  }
  static void store(float* p, Floats x) { std::memcpy(p, &x, sizeof x); }
  static void store(BFloat16* p, Floats x) {
    for (int i = 0; i < kLanes; ++i) p[i] = narrow(x[i]);
  }
  template <class T>
  static void store(T* p, Floats x, int64_t count) {
    T part[kLanes];
    store(part, x);
    for (int64_t i = 0; i < count; ++i) p[i] = part[i];
  }

  static Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
  static Floats max(Floats a, Floats b) { return a > b ? a : b; }
  static Floats min(Floats a, Floats b) { return a < b ? a : b; }
  static Floats absolute(Floats x) { return as_floats(as_words(x) & 0x7fffffff); }
  // Beyond 2^22 every float is integral already, or near enough for the callers.
  static Floats round(Floats x) {
    const Floats magic = set(12582912.0f);
    return (x + magic) - magic;
  }
  static Floats floor(Floats x) {
    const Floats nearest = round(x);
    return nearest > x ? nearest - 1.0f : nearest;
  }
  static Floats times_power_of_two(Floats x, Floats exponent) {
    const Words n = __builtin_convertvector(exponent, Words), half = n >> 1;
    return x * power_of_two(half) * power_of_two(n - half);
  }
  static Floats reciprocal(Floats x) { return 1.0f / x; }
  static bool any_greater(Floats a, Floats b) {
    const Words greater = a > b;
    return (greater[0] | greater[1] | greater[2] | greater[3]) != 0;
  }
  static float sum(Floats x) { return (x[0] + x[2]) + (x[1] + x[3]); }
  static float first(Floats x) { return x[0]; }
  static float highest(Floats x) {
    const float low = x[0] > x[1] ? x[0] : x[1], high = x[2] > x[3] ? x[2] : x[3];
    return low > high ? low : high;
  }

  static Words words(int32_t x) { return Words{x, x, x, x}; }
  static Words load_words(const void* p) { return read<Words>(p); }
  static void store_words(void* p, Words x) { std::memcpy(p, &x, sizeof x); }
  static Floats to_floats(Words x) { return __builtin_convertvector(x, Floats); }
  static Floats even(Words pairs) { return as_floats(pairs << 16); }
  static Floats odd(Words pairs) { return as_floats(pairs & static_cast<int32_t>(0xffff0000)); }
  static Words pairs(Floats even, Floats odd) { return ((as_words(even) >> 16) & 0xffff) | as_words(odd); }
  static Words low_nibbles(Words x) { return x & 0x0f0f0f0f; }
  static Words high_nibbles(Words x) { return (x >> 4) & 0x0f0f0f0f; }
  static void store_bytes(void* p, Floats x) {
    const Words integers = __builtin_convertvector(round(x), Words);
    auto* bytes = static_cast<uint8_t*>(p);
    for (int i = 0; i < kLanes; ++i) bytes[i] = static_cast<uint8_t>(integers[i]);
  }
  static Words dot_bytes(Words sum, Words a, Words b) {
    for (int byte = 0; byte < 4; ++byte) sum += ((a >> (8 * byte)) & 0xff) * ((b << (24 - 8 * byte)) >> 24);
    return sum;
  }
  static Floats dot_bf16(Floats sum, Words, Words) { return sum; }

  static void transpose(const void* from, int64_t from_stride, void* to, int64_t to_stride) {
    const auto* source = static_cast<const char*>(from);
    auto* target = static_cast<char*>(to);
    for (int64_t i = 0; i < kLanes; ++i)
      for (int64_t j = 0; j < kLanes; ++j)
        std::memcpy(target + 4 * (j * to_stride + i), source + 4 * (i * from_stride + j), 4);
  }

 private:
  template <class V>
  static V read(const void* p) {
    V x;
    std::memcpy(&x, p, sizeof x);
    return x;
  }
  static Floats as_floats(Words x) { return read<Floats>(&x); }
  static Words as_words(Floats x) { return read<Words>(&x); }
  static Floats power_of_two(Words n) { return as_floats((n + 127) << 23); }
  // Rounds to the nearest, ties to even; a NaN stays one.
  static BFloat16 narrow(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    if (x != x) return {static_cast<uint16_t>((bits | 0x00400000u) >> 16)};
    return {static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16)};
  }
};

}  // namespace rmt::model::kernels
