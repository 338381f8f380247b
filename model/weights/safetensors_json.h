// The JSON part of a safetensors header, read strictly and without a tree in between: a header may
// have 100 MB, and nothing in it may make the reader take more than a small multiple of that.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::model {

struct SafetensorsJsonEntry {
  std::string name, dtype;
  std::vector<uint64_t> shape, offsets;  ///< as they stand there; nothing is checked yet
};

struct SafetensorsJson {
  std::vector<SafetensorsJsonEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Throws Error(malformed) for anything but one object whose members are tensors (with a dtype, a shape
/// of at most kMaxRank sizes and two data_offsets, nothing else) and texts under "__metadata__", and for
/// a name that comes twice.
SafetensorsJson parse_safetensors_json(std::string_view text, const std::string& where);

/// The entries in their order, after the metadata. Throws Error(malformed) for text that is not UTF-8.
std::string format_safetensors_json(const SafetensorsJson& json);

}  // namespace rmt::model
