#include "lm/attention/npy.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <string>

#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

using std::string_literals::operator""s;

std::string header_of(const std::string& npy) {
  const size_t length = static_cast<unsigned char>(npy[8]) + 256u * static_cast<unsigned char>(npy[9]);
  return npy.substr(10, length);
}

TEST_CASE("the bytes of a small array, one by one as numpy writes them") {
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }";
  const std::string expected = "\x93NUMPY\x01\x00\x76\x00"s + dictionary +
                               std::string(118 - dictionary.size() - 1, ' ') + "\n" + "\x00\x00\x80\x3f"s +
                               "\x00\x00\x00\xc0"s + "\x00\x00\x00\x3f"s;
  CHECK((to_npy(at::tensor({1.0f, -2.0f, 0.5f}).view({1, 3})) == expected));
}

TEST_CASE("values start at a multiple of 64 bytes, whatever the shape") {
  for (const auto& shape :
       {std::vector<int64_t>{5}, {0}, {2, 3, 4, 5}, {123456, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7}}) {
    const std::string npy = to_npy(at::zeros(shape));
    const std::string header = header_of(npy);
    CHECK((10 + header.size()) % 64 == 0);
    CHECK(header.back() == '\n');
    CHECK(header.find("}") < header.size() - 1);
    CHECK(npy.size() == 10 + header.size() + 4 * static_cast<size_t>(at::zeros(shape).numel()));
  }
  CHECK(header_of(to_npy(at::zeros({5}))).starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }"));
}

TEST_CASE("views and other types are written in C order as 32-bit floats") {
  const at::Tensor table = at::arange(6, at::kDouble).view({2, 3});
  CHECK((to_npy(table.t()) == to_npy(at::tensor({0.0f, 3.0f, 1.0f, 4.0f, 2.0f, 5.0f}).view({3, 2}))));
}

}  // namespace
}  // namespace rmt::lm
