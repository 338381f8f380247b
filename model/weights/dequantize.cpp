// Built without contraction of a*b+c (see CMakeLists.txt): a fused rounding would change bits.
//
// Notation of the decoders: `d` and `m` are a block's scale and offset; `q` a value's integer. Inner
// loops run over bytes that lie side by side and write values that lie side by side, so that they
// vectorise.
#include "model/weights/dequantize.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "model/error.h"
#include "model/weights/half_float.h"

namespace rmt::model {

static_assert(std::endian::native == std::endian::little, "weight files are little-endian");

namespace {

using Bytes = const uint8_t*;

template <typename T>
T load(Bytes at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

float half_at(Bytes at) {
  return half_to_float(load<uint16_t>(at));
}

// ---- one value a block ----

void decode_f32(Bytes in, float* out) {
  *out = load<float>(in);
}
void decode_f64(Bytes in, float* out) {
  *out = static_cast<float>(load<double>(in));
}
void decode_f16(Bytes in, float* out) {
  *out = half_at(in);
}
void decode_bf16(Bytes in, float* out) {
  *out = bfloat_to_float(load<uint16_t>(in));
}

// ---- 32 values a block; byte j of the nibbles holds values j (low) and j + 16 (high) ----

void decode_q4_0(Bytes in, float* out) {
  const float d = half_at(in);
  const Bytes nibbles = in + 2;
  for (int j = 0; j < 16; ++j) out[j] = d * static_cast<float>((nibbles[j] & 15) - 8);
  for (int j = 0; j < 16; ++j) out[16 + j] = d * static_cast<float>((nibbles[j] >> 4) - 8);
}

void decode_q4_1(Bytes in, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  const Bytes nibbles = in + 4;
  for (int j = 0; j < 16; ++j) out[j] = d * static_cast<float>(nibbles[j] & 15) + m;
  for (int j = 0; j < 16; ++j) out[16 + j] = d * static_cast<float>(nibbles[j] >> 4) + m;
}

/// The fifth bit of value j is bit j of `high`.
int five_bits(int nibble, uint32_t high, int j) {
  return nibble | static_cast<int>(((high >> j) & 1) << 4);
}

void decode_q5_0(Bytes in, float* out) {
  const float d = half_at(in);
  const auto high = load<uint32_t>(in + 2);
  const Bytes nibbles = in + 6;
  for (int j = 0; j < 16; ++j) out[j] = d * static_cast<float>(five_bits(nibbles[j] & 15, high, j) - 16);
  for (int j = 0; j < 16; ++j) out[16 + j] = d * static_cast<float>(five_bits(nibbles[j] >> 4, high, 16 + j) - 16);
}

void decode_q5_1(Bytes in, float* out) {
  const float d = half_at(in), m = half_at(in + 2);
  const auto high = load<uint32_t>(in + 4);
  const Bytes nibbles = in + 8;
  for (int j = 0; j < 16; ++j) out[j] = d * static_cast<float>(five_bits(nibbles[j] & 15, high, j)) + m;
  for (int j = 0; j < 16; ++j) out[16 + j] = d * static_cast<float>(five_bits(nibbles[j] >> 4, high, 16 + j)) + m;
}

void decode_q8_0(Bytes in, float* out) {
  const float d = half_at(in);
  for (int j = 0; j < 32; ++j) out[j] = d * static_cast<float>(static_cast<int8_t>(in[2 + j]));
}

// ---- 256 values a block, in groups of 16 or 32 with a scale each ----

void decode_q2_k(Bytes in, float* out) {
  const Bytes scales = in, pairs = in + 16;
  const float d = half_at(in + 80), dmin = half_at(in + 82);
  for (size_t group = 0; group < 16; ++group) {
    const float scale = d * static_cast<float>(scales[group] & 15), m = dmin * static_cast<float>(scales[group] >> 4);
    const Bytes bytes = pairs + group / 8 * 32 + group % 2 * 16;
    const size_t shift = group / 2 % 4 * 2;
    for (int j = 0; j < 16; ++j) out[group * 16 + j] = scale * static_cast<float>((bytes[j] >> shift) & 3) - m;
  }
}

void decode_q3_k(Bytes in, float* out) {
  const Bytes masks = in, pairs = in + 32, scales = in + 96;
  const float d = half_at(in + 108);
  for (size_t group = 0; group < 16; ++group) {
    const int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
    const int high = (scales[8 + group % 4] >> (group / 4 * 2)) & 3;
    const float scale = d * static_cast<float>((low | (high << 4)) - 32);
    const Bytes bytes = pairs + group / 8 * 32 + group % 2 * 16, bits = masks + group % 2 * 16;
    const size_t shift = group / 2 % 4 * 2, bit = group / 2;
    for (int j = 0; j < 16; ++j) {
      const int q = ((bytes[j] >> shift) & 3) - (((bits[j] >> bit) & 1) != 0 ? 0 : 4);
      out[group * 16 + j] = scale * static_cast<float>(q);
    }
  }
}

/// Scale and offset of one of the eight groups of Q4_K and Q5_K, 6 bits each, in 12 bytes.
struct GroupScale {
  int scale, offset;
};

GroupScale group_scale(Bytes packed, size_t group) {
  if (group < 4) return {packed[group] & 63, packed[group + 4] & 63};
  const int low = packed[group + 4];
  return {(low & 15) | ((packed[group - 4] >> 6) << 4), (low >> 4) | ((packed[group] >> 6) << 4)};
}

void decode_q4_k(Bytes in, float* out) {
  const float d = half_at(in), dmin = half_at(in + 2);
  const Bytes nibbles = in + 16;
  for (size_t group = 0; group < 8; ++group) {
    const GroupScale packed = group_scale(in + 4, group);
    const float scale = d * static_cast<float>(packed.scale), m = dmin * static_cast<float>(packed.offset);
    const Bytes bytes = nibbles + group / 2 * 32;
    const size_t shift = group % 2 * 4;
    for (int j = 0; j < 32; ++j) out[group * 32 + j] = scale * static_cast<float>((bytes[j] >> shift) & 15) - m;
  }
}

void decode_q5_k(Bytes in, float* out) {
  const float d = half_at(in), dmin = half_at(in + 2);
  const Bytes bits = in + 16, nibbles = in + 48;
  for (size_t group = 0; group < 8; ++group) {
    const GroupScale packed = group_scale(in + 4, group);
    const float scale = d * static_cast<float>(packed.scale), m = dmin * static_cast<float>(packed.offset);
    const Bytes bytes = nibbles + group / 2 * 32;
    const size_t shift = group % 2 * 4;
    for (int j = 0; j < 32; ++j) {
      const int q = ((bytes[j] >> shift) & 15) | (((bits[j] >> group) & 1) << 4);
      out[group * 32 + j] = scale * static_cast<float>(q) - m;
    }
  }
}

void decode_q6_k(Bytes in, float* out) {
  const Bytes nibbles = in, pairs = in + 128, scales = in + 192;
  const float d = half_at(in + 208);
  for (size_t group = 0; group < 16; ++group) {
    const float scale = d * static_cast<float>(static_cast<int8_t>(scales[group]));
    const size_t half = group / 8, within = group % 8 * 16;  // of 128 values
    const Bytes low = nibbles + half * 64 + within % 64, high = pairs + half * 32 + within % 32;
    const size_t low_shift = within / 64 * 4, high_shift = within / 32 * 2;
    for (int j = 0; j < 16; ++j) {
      const int q = (((low[j] >> low_shift) & 15) | (((high[j] >> high_shift) & 3) << 4)) - 32;
      out[group * 16 + j] = scale * static_cast<float>(q);
    }
  }
}

// ---- the types together ----

using DecodeBlocks = void (*)(Bytes in, float* out, size_t blocks);

/// The decoder is a template argument so that it is inlined into the loop over blocks.
template <void (*Decode)(Bytes, float*), size_t BlockBytes, size_t BlockValues>
void decode_blocks(Bytes in, float* out, size_t blocks) {
  for (size_t i = 0; i < blocks; ++i) Decode(in + i * BlockBytes, out + i * BlockValues);
}

DecodeBlocks decoder(GgmlType type) {
  switch (type) {
    case GgmlType::f32: return decode_blocks<decode_f32, 4, 1>;
    case GgmlType::f64: return decode_blocks<decode_f64, 8, 1>;
    case GgmlType::f16: return decode_blocks<decode_f16, 2, 1>;
    case GgmlType::bf16: return decode_blocks<decode_bf16, 2, 1>;
    case GgmlType::q4_0: return decode_blocks<decode_q4_0, 18, 32>;
    case GgmlType::q4_1: return decode_blocks<decode_q4_1, 20, 32>;
    case GgmlType::q5_0: return decode_blocks<decode_q5_0, 22, 32>;
    case GgmlType::q5_1: return decode_blocks<decode_q5_1, 24, 32>;
    case GgmlType::q8_0: return decode_blocks<decode_q8_0, 34, 32>;
    case GgmlType::q2_k: return decode_blocks<decode_q2_k, 84, 256>;
    case GgmlType::q3_k: return decode_blocks<decode_q3_k, 110, 256>;
    case GgmlType::q4_k: return decode_blocks<decode_q4_k, 144, 256>;
    case GgmlType::q5_k: return decode_blocks<decode_q5_k, 176, 256>;
    case GgmlType::q6_k: return decode_blocks<decode_q6_k, 210, 256>;
  }
  return nullptr;
}

}  // namespace

bool can_dequantize(GgmlType type) {
  return decoder(type) != nullptr;
}

void dequantize(GgmlType type, std::string_view blocks, std::span<float> values) {
  const GgmlTypeInfo* info = find_ggml_type(static_cast<uint32_t>(type));
  const DecodeBlocks decode = decoder(type);
  if (info == nullptr || decode == nullptr)
    throw Error(Errc::unsupported, "tensor type " + std::string(info ? info->name : "of an unknown number") +
                                       " cannot be decoded; requantise the file to Q8_0, Q4_K, Q6_K, F16 or F32");
  const size_t count = blocks.size() / info->block_bytes;
  if (blocks.size() % info->block_bytes != 0 || values.size() != count * info->block_values)
    throw Error(Errc::malformed, std::to_string(blocks.size()) + " bytes of " + std::string(info->name) +
                                     " do not hold " + std::to_string(values.size()) + " values");
  decode(reinterpret_cast<Bytes>(blocks.data()), values.data(), count);
}

}  // namespace rmt::model
