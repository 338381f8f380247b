#include "lm/store/number_text.h"

#include <charconv>

namespace rmt::store {

std::string shortest(double value) {
  char text[32];  // the longest shortest form has 24 characters
  const std::to_chars_result result = std::to_chars(text, text + sizeof text, value);
  return {text, result.ptr};
}

}  // namespace rmt::store
