#include "model/weights/tensor_shape.h"

#include <algorithm>

#include "model/error.h"

namespace rmt::model {

std::optional<uint64_t> element_count(std::span<const int64_t> shape) {
  constexpr int64_t kMost = int64_t{1} << 59;
  int64_t product = 1;
  bool empty = false;
  for (const int64_t size : shape) {
    if (size == 0)
      empty = true;
    else if (__builtin_mul_overflow(product, size, &product) || product >= kMost)
      return std::nullopt;
  }
  return empty ? 0 : static_cast<uint64_t>(product);
}

std::string describe(std::span<const int64_t> shape) {
  std::string text = "[";
  for (const int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

void require_shape(const std::string& place, std::span<const int64_t> found, std::span<const int64_t> expected) {
  if (!std::equal(found.begin(), found.end(), expected.begin(), expected.end()))
    throw Error(Errc::mismatch, place + " has shape " + describe(found) + ", expected " + describe(expected) +
                                    "; configuration and weights do not belong together");
}

}  // namespace rmt::model
