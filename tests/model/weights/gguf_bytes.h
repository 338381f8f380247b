// Writes GGUF files field by field, so that each field can be written wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/gguf_metadata.h"

namespace rmt::tests {

class GgufBytes {
 public:
  /// The header; counts of what follows are the caller's to keep true.
  GgufBytes(uint64_t tensors, uint64_t values, uint32_t version = 3) {
    bytes_ = "GGUF";
    number(version);
    number(tensors);
    number(values);
  }

  template <typename T>
  GgufBytes& number(T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
  }
  GgufBytes& text(std::string_view value) {
    number(uint64_t{value.size()});
    bytes_ += value;
    return *this;
  }
  GgufBytes& type(model::GgufType value) { return number(static_cast<uint32_t>(value)); }

  /// The start of a metadata value; the value itself follows.
  GgufBytes& key(std::string_view name, model::GgufType value_type) { return text(name).type(value_type); }
  GgufBytes& u32(std::string_view name, uint32_t value) { return key(name, model::GgufType::u32).number(value); }
  GgufBytes& f32(std::string_view name, float value) { return key(name, model::GgufType::f32).number(value); }
  GgufBytes& string(std::string_view name, std::string_view value) {
    return key(name, model::GgufType::string).text(value);
  }
  GgufBytes& array(std::string_view name, model::GgufType element, uint64_t count) {
    return key(name, model::GgufType::array).type(element).number(count);
  }

  /// `sizes` as in the file: innermost first.
  GgufBytes& tensor(std::string_view name, const std::vector<uint64_t>& sizes, uint32_t kind, uint64_t offset) {
    text(name).number(static_cast<uint32_t>(sizes.size()));
    for (const uint64_t size : sizes) number(size);
    return number(kind).number(offset);
  }

  /// Up to the next multiple of `alignment`, then `count` bytes of data.
  GgufBytes& data(size_t count, size_t alignment = 32) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment, '\0');
    bytes_.append(count, '\0');
    return *this;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace rmt::tests
