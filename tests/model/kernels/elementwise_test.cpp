// Activations, rotation and conversion. The errors found here are those the headers state.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/model/kernels/samples.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::kernels::Activation;
using model::kernels::BFloat16;
using model::kernels::Element;
using model::kernels::Kernels;

double exact(Activation activation, double x) {
  if (activation == Activation::gelu_erf) return x / 2 * (1 + std::erf(x / std::sqrt(2.0)));
  return x / (1 + std::exp(-2 * std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}

std::vector<float> grid() {
  std::vector<float> x;
  for (int i = -12000; i <= 12000; ++i) x.push_back(static_cast<float>(i) * 1e-3f);
  return x;
}

TEST_CASE("GELU in the tanh form is within 4e-7 of |x|, relative to the result in the tail") {
  for (const Kernels* table : all_tables()) {
    const auto x = grid();
    auto y = x;
    table->activate(Activation::gelu_tanh, Element::fp32, y.data(), static_cast<int64_t>(y.size()));
    double worst = 0, worst_relative = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double expected = exact(Activation::gelu_tanh, x[i]);
      if (x[i] != 0) worst = std::max(worst, std::abs(y[i] - expected) / std::abs(x[i]));
      if (x[i] < 0 && x[i] > -5) worst_relative = std::max(worst_relative, std::abs(y[i] / expected - 1));
    }
    CAPTURE(std::string(name(table->isa)));
    CHECK(worst < 4e-7);
    CHECK(worst_relative < 4e-6);
  }
}

TEST_CASE("GELU in the erf form is within 4e-7 of |x|") {
  for (const Kernels* table : all_tables()) {
    const auto x = grid();
    auto y = x;
    table->activate(Activation::gelu_erf, Element::fp32, y.data(), static_cast<int64_t>(y.size()));
    double worst = 0;
    for (size_t i = 0; i < x.size(); ++i)
      if (x[i] != 0) worst = std::max(worst, std::abs(y[i] - exact(Activation::gelu_erf, x[i])) / std::abs(x[i]));
    CHECK(worst < 4e-7);
  }
}

// silu(x) / x is 1 / (1 + e^-x): for negative x its relative error is that of the exponential, which grows
// with the rounding of its argument.
TEST_CASE("the exponential is within 4e-7 of itself, and 1e-7 more for every unit of its argument") {
  for (const Kernels* table : all_tables()) {
    std::vector<float> gate_up;
    for (int i = 0; i <= 7900; ++i) gate_up.push_back(static_cast<float>(-i) * 9e-3f - 1e-3f);
    const auto count = static_cast<int64_t>(gate_up.size());
    gate_up.resize(gate_up.size() * 2, 1.0f);
    std::vector<float> out(static_cast<size_t>(count));
    table->swiglu(Element::fp32, gate_up.data(), out.data(), 1, count);
    double worst = 0;
    for (int64_t i = 0; i < count; ++i) {
      const double x = gate_up[static_cast<size_t>(i)], expected = x / (1 + std::exp(-x));
      worst = std::max(worst, std::abs(out[static_cast<size_t>(i)] / expected - 1) / (4e-7 - 1e-7 * x));
    }
    CAPTURE(std::string(name(table->isa)));
    CHECK(worst < 1);
  }
}

TEST_CASE("SwiGLU works row by row, in bf16 too, and carries NaN") {
  for (const Kernels* table : all_tables()) {
    const int64_t rows = 3, width = 21;
    auto gate_up = uniform(2 * rows * width, 41, -4, 4);
    gate_up[0] = std::numeric_limits<float>::quiet_NaN();
    const auto narrow = to_bf16(gate_up);
    std::vector<float> out(static_cast<size_t>(rows * width));
    std::vector<BFloat16> narrow_out(out.size());
    table->swiglu(Element::fp32, gate_up.data(), out.data(), rows, width);
    table->swiglu(Element::bf16, narrow.data(), narrow_out.data(), rows, width);
    CHECK(std::isnan(out[0]));
    for (int64_t i = 1; i < rows * width; ++i) {
      const auto at = static_cast<size_t>(i / width * 2 * width + i % width);
      const double x = gate_up[at];
      const double expected = x / (1 + std::exp(-x)) * gate_up[at + static_cast<size_t>(width)];
      CHECK(out[static_cast<size_t>(i)] == doctest::Approx(expected).epsilon(1e-5));
      CHECK(std::abs(to_float(narrow_out[static_cast<size_t>(i)]) - expected) < 0.02 * std::abs(expected) + 1e-3);
    }
  }
}

TEST_CASE("rotation turns the halves of every head") {
  for (const Kernels* table : all_tables())
    for (const int64_t head_size : {16, 64, 80}) {
      const int64_t heads = 3, stride = head_size + 5, half = head_size / 2;
      const auto angle = uniform(half, 51, 0, 6);
      std::vector<float> cosine, sine;
      for (const float a : angle) {
        cosine.push_back(std::cos(a));
        sine.push_back(std::sin(a));
      }
      const auto x = uniform(heads * stride, 52);
      auto y = x;
      table->rotate(Element::fp32, y.data(), stride, heads, head_size, cosine.data(), sine.data());
      for (int64_t i = 0; i < heads * stride; ++i) {
        const auto at = static_cast<size_t>(i), h = static_cast<size_t>(half);
        const int64_t place = i % stride;
        const size_t pair = static_cast<size_t>(place % half);
        double expected = x[at];
        if (place < half) expected = double{x[at]} * cosine[pair] - double{x[at + h]} * sine[pair];
        if (place >= half && place < head_size)
          expected = double{x[at]} * cosine[pair] + double{x[at - h]} * sine[pair];
        CHECK(y[at] == doctest::Approx(expected).epsilon(1e-5));
      }
    }
}

TEST_CASE("conversion to bf16 rounds to the nearest even and keeps NaN and infinity") {
  std::vector<float> x = uniform(200, 61, -1e3f, 1e3f);
  x[0] = std::numeric_limits<float>::infinity();
  x[1] = 1.0f + 1.0f / 256;  // half way: down to the even 1
  x[2] = 1.0f + 3.0f / 256;  // half way: up
  x[199] = std::numeric_limits<float>::quiet_NaN();
  for (const Kernels* table : all_tables()) {
    std::vector<BFloat16> narrow(x.size());
    table->convert(Element::fp32, x.data(), Element::bf16, narrow.data(), static_cast<int64_t>(x.size()));
    for (size_t i = 0; i + 1 < x.size(); ++i) CHECK(narrow[i].bits == to_bf16(x[i]).bits);
    CHECK(std::isnan(to_float(narrow[199])));
    CHECK(to_float(narrow[1]) == 1.0f);
    CHECK(to_float(narrow[2]) == 1.0f + 4.0f / 256);
    std::vector<float> wide(x.size());
    table->convert(Element::bf16, narrow.data(), Element::fp32, wide.data(), static_cast<int64_t>(x.size()));
    for (size_t i = 0; i + 1 < x.size(); ++i) CHECK(wide[i] == to_float(narrow[i]));
  }
}

}  // namespace
}  // namespace rmt::tests
