// The metadata of a GGUF file: typed values by their keys, such as "llama.block_count" or
// "tokenizer.ggml.tokens".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/gguf_cursor.h"

namespace rmt::model {

/// Numbered as in the file.
enum class GgufType : uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

/// Views into the bytes it was read from. Everything is checked on reading; values are decoded when
/// they are asked for.
class GgufMetadata {
 public:
  GgufMetadata() = default;
  /// Reads `count` values. Throws Error: truncated, malformed.
  GgufMetadata(GgufCursor& cursor, uint64_t count, std::string where);

  size_t size() const { return values_.size(); }
  bool contains(std::string_view key) const { return values_.contains(key); }

  // Single values. find_* is empty and require_* throws Error(not_found) for a key that is not there;
  // both throw Error(malformed) for a value of another kind or out of range. An integer of any width
  // is an integer.
  std::optional<uint32_t> find_u32(std::string_view key) const;
  std::optional<double> find_number(std::string_view key) const;  ///< an f32, f64 or integer
  std::optional<bool> find_bool(std::string_view key) const;
  std::optional<std::string_view> find_string(std::string_view key) const;
  uint32_t require_u32(std::string_view key) const;
  double require_number(std::string_view key) const;
  std::string_view require_string(std::string_view key) const;

  // Arrays. Throw Error(not_found) for a key that is not there, Error(malformed) for another kind.
  std::vector<std::string_view> strings(std::string_view key) const;
  std::vector<int64_t> integers(std::string_view key) const;
  std::vector<float> floats(std::string_view key) const;

 private:
  struct Value {
    GgufType type;
    size_t at;  // of its first byte
  };
  struct Array;

  const Value* find(std::string_view key) const;
  Array open_array(std::string_view key) const;
  [[noreturn]] void wrong_kind(std::string_view key, const std::string& found, const char* wanted) const;
  [[noreturn]] void missing(std::string_view key) const;

  std::string where_;
  std::string_view bytes_;
  std::map<std::string_view, Value> values_;
};

}  // namespace rmt::model
