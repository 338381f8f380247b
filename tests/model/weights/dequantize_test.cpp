// Decoded blocks against gguf-py's, bit by bit (tests/reference/weights.py).
#include "model/weights/dequantize.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Half.h>

#include <bit>
#include <cmath>
#include <map>
#include <vector>

#include "model/weights/gguf_file.h"
#include "model/weights/half_float.h"
#include "model/weights/safetensors.h"
#include "tests/model/weights/expect_error.h"
#include "tests/model/weights/temporary_folder.h"

using namespace rmt::model;
using rmt::tests::expect_error;

namespace {

constexpr const char* kFolder = "tests/fixtures/model/weights/";

std::vector<float> decoded(const GgufTensor& tensor) {
  std::vector<float> values(element_count(tensor.shape).value());
  dequantize(tensor.type.type, tensor.data, values);
  return values;
}

}  // namespace

TEST_CASE("dequantize: every type, equal to the bit to the reference") {
  const GgufFile file = GgufFile::open(std::string(kFolder) + "types.gguf");
  const SafetensorsContent expected =
      read_safetensors(rmt::tests::read_file(std::string(kFolder) + "types.safetensors"));
  REQUIRE(expected.tensors.size() == 14);
  for (const auto& entry : expected.tensors) {
    const std::string& name = entry.first;
    const at::Tensor& values = entry.second;
    CAPTURE(name);
    const GgufTensor* tensor = file.find_tensor(name);
    REQUIRE(tensor != nullptr);
    REQUIRE(tensor->type.name == name);
    const std::vector<float> found = decoded(*tensor);
    REQUIRE(static_cast<int64_t>(found.size()) == values.numel());
    const float* wanted = values.const_data_ptr<float>();
    size_t different = 0;
    for (size_t i = 0; i < found.size(); ++i)
      different += std::bit_cast<uint32_t>(found[i]) != std::bit_cast<uint32_t>(wanted[i]);
    CHECK(different == 0);
  }
}

TEST_CASE("dequantize: a type it does not know is named") {
  const GgufFile file = GgufFile::open(std::string(kFolder) + "types.gguf");
  const GgufTensor* tensor = file.find_tensor("IQ4_NL");
  REQUIRE(tensor != nullptr);
  CHECK_FALSE(can_dequantize(tensor->type.type));
  expect_error(Errc::unsupported, "IQ4_NL", [&] { decoded(*tensor); });
  expect_error(Errc::unsupported, "unknown number", [&] { dequantize(static_cast<GgmlType>(1000), {}, {}); });
}

TEST_CASE("dequantize: sizes that do not fit") {
  std::vector<float> values(32);
  const std::string blocks(18, '\0');
  CHECK_NOTHROW(dequantize(GgmlType::q4_0, blocks, values));
  expect_error(Errc::malformed, "Q4_0", [&] { dequantize(GgmlType::q4_0, blocks.substr(1), values); });
  values.resize(31);
  expect_error(Errc::malformed, "Q4_0", [&] { dequantize(GgmlType::q4_0, blocks, values); });
  values.clear();
  CHECK_NOTHROW(dequantize(GgmlType::q4_0, {}, values));
}

TEST_CASE("half_to_float: all 65536 patterns") {
  size_t different = 0, not_a_number = 0;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float expected = c10::Half(half, c10::Half::from_bits()), found = half_to_float(half);
    if (std::isnan(expected))
      not_a_number += std::isnan(found);
    else
      different += std::bit_cast<uint32_t>(found) != std::bit_cast<uint32_t>(expected);
  }
  CHECK(different == 0);
  CHECK(not_a_number == 2 * 1023);
}
