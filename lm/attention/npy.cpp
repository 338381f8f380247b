#include "lm/attention/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>

namespace rmt::lm {

namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie in memory");

// A Python tuple: "(3,)", "(2, 3)".
std::string tuple(at::IntArrayRef sizes) {
  return fmt::format("({}{})", fmt::join(sizes.begin(), sizes.end(), ", "), sizes.size() == 1 ? "," : "");
}

}  // namespace

std::string to_npy(const at::Tensor& values) {
  constexpr size_t kAlignment = 64, kPrefix = 10;  // magic, version, and the length of what follows
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", tuple(values.sizes()));
  const size_t unpadded = kPrefix + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ').push_back('\n');

  const at::Tensor dense = values.to(at::kCPU, at::kFloat).contiguous();
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  bytes += header;
  return bytes.append(static_cast<const char*>(dense.const_data_ptr()), dense.nbytes());
}

}  // namespace rmt::lm
