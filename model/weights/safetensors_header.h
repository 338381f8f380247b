// The header of a safetensors file: which tensors there are, of what type and shape, and where.
//
// Format: 8 bytes N (little-endian), N bytes of JSON, then the data:
//   {"__metadata__": {"key": "text", …}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}
// The data has no holes and no overlaps. Rules and order of writing are those of the reference
// implementation (github.com/huggingface/safetensors), so that equal tensors make equal bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/tensor_shape.h"

namespace rmt::model {

/// In the order of the reference implementation, which writes the last first.
enum class Dtype { boolean, u8, i8, i16, f16, bf16, i32, f32, f64, i64 };

std::string_view name(Dtype dtype);
uint64_t byte_size(Dtype dtype);

struct SafetensorsEntry {
  std::string name;
  Dtype dtype = Dtype::f32;
  Shape shape;
  uint64_t from = 0, to = 0;  ///< bytes, counted from the start of the data

  uint64_t bytes() const { return to - from; }
};

using SafetensorsMetadata = std::map<std::string, std::string>;

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  ///< in the order of their data
  SafetensorsMetadata metadata;
  uint64_t data_from = 0;  ///< where the data starts in the file; set by parsing
};

/// The header of a whole file. `where` names it in messages. Throws Error: truncated, malformed,
/// unsupported (a dtype).
SafetensorsHeader parse_safetensors_header(std::string_view file, const std::string& where);

/// A header for tensors to be written: `entries` need a name, a dtype and a shape, and come back in
/// the order of their data. Throws Error(malformed) for a name that comes twice or cannot be a name.
SafetensorsHeader lay_out(std::vector<SafetensorsEntry> entries, SafetensorsMetadata metadata);

/// Everything before the data, of a header made by lay_out(). Throws Error(malformed) for text that is
/// not UTF-8.
std::string format_safetensors_header(const SafetensorsHeader& header);

}  // namespace rmt::model
