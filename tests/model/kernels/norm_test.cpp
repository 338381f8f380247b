// Norms against double.
#include <algorithm>
#include <cmath>

#include "tests/model/kernels/samples.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::kernels::Element;
using model::kernels::Kernels;
using model::kernels::NormRows;

std::vector<double> exact_norm(const std::vector<float>& x, int64_t width, const std::vector<float>& weight,
                               const float* bias) {
  std::vector<double> out;
  for (size_t row = 0; row < x.size(); row += static_cast<size_t>(width)) {
    double mean = 0, squares = 0;
    const auto n = static_cast<size_t>(width);
    for (size_t i = 0; bias && i < n; ++i) mean += x[row + i] / static_cast<double>(n);
    for (size_t i = 0; i < n; ++i) squares += (x[row + i] - mean) * (x[row + i] - mean) / static_cast<double>(n);
    for (size_t i = 0; i < n; ++i)
      out.push_back((x[row + i] - mean) / std::sqrt(squares + 1e-5) * weight[i] + (bias ? bias[i] : 0.0f));
  }
  return out;
}

TEST_CASE("layer norm and RMS norm, with and without a residual, at any width") {
  for (const Kernels* table : all_tables())
    for (const int64_t width : {1, 5, 16, 33, 64, 131, 768})
      for (const bool centered : {true, false})
        for (const bool residual : {true, false}) {
          CAPTURE(std::string(name(table->isa)));
          CAPTURE(width);
          const int64_t rows = 3;
          auto x = uniform(rows * width, 21, 5, 9);
          const auto delta = uniform(rows * width, 22), weight = uniform(width, 23), bias = uniform(width, 24);
          const auto narrow = to_bf16(delta);
          std::vector<float> sum(x.size(), 0), out(x.size(), -1), expected_sum = x;
          for (size_t i = 0; residual && i < x.size(); ++i) expected_sum[i] += to_float(narrow[i]);
          NormRows norm;
          norm.x = x.data();
          if (residual) norm.delta = narrow.data();
          norm.delta_element = Element::bf16;
          norm.sum = sum.data();
          norm.weight = weight.data();
          norm.bias = centered ? bias.data() : nullptr;
          norm.eps = 1e-5f;
          norm.out = out.data();
          norm.rows = rows;
          norm.width = width;
          table->normalize(norm);
          if (residual) CHECK(sum == expected_sum);
          const auto expected = exact_norm(expected_sum, width, weight, norm.bias);
          // A row of one value has no deviation: what is left of it is rounding times 1 / sqrt(eps).
          for (size_t i = 0; i < out.size(); ++i)
            CHECK(std::abs(out[i] - expected[i]) < (width == 1 && centered ? 1e-3 : 1e-5));
        }
}

TEST_CASE("norms are stored in bf16 as well, an fp32 residual may be added in place") {
  for (const Kernels* table : all_tables()) {
    const int64_t width = 70;
    auto x = uniform(width, 31), in_place = x;
    const auto delta = uniform(width, 32);
    const std::vector<float> weight(static_cast<size_t>(width), 1.0f);
    std::vector<float> sum(x.size()), wide(x.size());
    std::vector<model::kernels::BFloat16> narrow(x.size());
    NormRows norm;
    norm.x = x.data();
    norm.delta = delta.data();
    norm.sum = sum.data();
    norm.weight = weight.data();
    norm.eps = 1e-6f;
    norm.out = wide.data();
    norm.rows = 1;
    norm.width = width;
    table->normalize(norm);
    norm.x = norm.sum = in_place.data();
    norm.out = narrow.data();
    norm.out_element = Element::bf16;
    table->normalize(norm);
    CHECK(in_place == sum);
    for (size_t i = 0; i < wide.size(); ++i) CHECK(narrow[i].bits == to_bf16(wide[i]).bits);
  }
}

}  // namespace
}  // namespace rmt::tests
