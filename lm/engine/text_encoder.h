// A model that turns a text into one vector, as retrieval wants it. No tensor crosses this line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::engine {

/// Safe to call from any thread; calls take turns.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  virtual const std::string& name() const = 0;
  virtual int64_t width() const = 0;

  /// Of length 1.
  virtual std::vector<float> encode(std::string_view text) = 0;
};

}  // namespace rmt::engine
