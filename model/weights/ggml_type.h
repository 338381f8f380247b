// The tensor types a GGUF file may hold: blocks of a fixed number of values in a fixed number of bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace rmt::model {

/// Numbered as in the file. Only the types some code here names; find_ggml_type knows them all.
enum class GgmlType : uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q4_1 = 3,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q2_k = 10,
  q3_k = 11,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  f64 = 28,
  bf16 = 30,
};

struct GgmlTypeInfo {
  GgmlType type;
  std::string_view name;
  uint32_t block_values;
  uint32_t block_bytes;
};

/// Null for a number that stands for no type.
const GgmlTypeInfo* find_ggml_type(uint32_t number);

}  // namespace rmt::model
