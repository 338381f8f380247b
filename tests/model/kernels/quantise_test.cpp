// Activations to bytes and sums back to numbers.
#include <cmath>
#include <limits>

#include "tests/model/kernels/samples.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::kernels::Activation;
using model::kernels::Element;
using model::kernels::FinishTile;
using model::kernels::Kernels;

TEST_CASE("a byte is within half a step, two bytes within half of a 256th") {
  for (const Kernels* table : all_tables())
    for (const int64_t width : {1, 7, 16, 100, 768})
      for (const int offset : {0, 128}) {
        const auto x = uniform(width, 5, -3, 2);
        const auto n = static_cast<size_t>(width);
        std::vector<uint8_t> bytes(n), high(n), low(n);
        const float scale = table->quantise_row(x.data(), width, offset, bytes.data());
        const float fine = table->quantise_row_halves(x.data(), width, offset, high.data(), low.data());
        for (size_t i = 0; i < n; ++i) {
          const auto signed_byte = [&](uint8_t byte) {
            return offset == 128 ? byte - 128 : int{static_cast<int8_t>(byte)};
          };
          CHECK(std::abs(scale * static_cast<float>(signed_byte(bytes[i])) - x[i]) <= 0.501f * scale);
          const int both = 256 * signed_byte(high[i]) + signed_byte(low[i]);
          CHECK(std::abs(fine * static_cast<float>(both) - x[i]) <= 0.51f * fine);
        }
        CHECK(fine < scale / 250);
      }
}

TEST_CASE("zeros have scale 0, a NaN or an infinity makes the scale NaN") {
  for (const Kernels* table : all_tables()) {
    std::vector<float> x(40, 0.0f);
    std::vector<uint8_t> bytes(40), low(40);
    CHECK(table->quantise_row(x.data(), 40, 128, bytes.data()) == 0.0f);
    for (const uint8_t byte : bytes) CHECK(byte == 128);
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
      for (const size_t place : {0, 17, 39}) {
        std::vector<float> y(40, 1.0f);
        y[place] = bad;
        CHECK(std::isnan(table->quantise_row(y.data(), 40, 0, bytes.data())));
        CHECK(std::isnan(table->quantise_row_halves(y.data(), 40, 0, bytes.data(), low.data())));
      }
  }
}

TEST_CASE("sums are scaled, biased, activated and stored") {
  for (const Kernels* table : all_tables())
    for (const int64_t columns : {int64_t{1}, int64_t{5}, table->panel_columns}) {
      const int64_t rows = 3, stride = table->panel_columns;
      std::vector<int32_t> sums(static_cast<size_t>(2 * rows * stride));
      for (size_t i = 0; i < sums.size(); ++i) sums[i] = static_cast<int32_t>(i * 37 % 1001) - 500;
      const auto row_scales = uniform(rows, 1, 0.01f, 0.02f), column_scales = uniform(columns, 2, 0.5f, 1.0f);
      const auto bias = uniform(columns, 3);
      std::vector<float> out(static_cast<size_t>(rows * columns), -77.0f);
      FinishTile tile;
      tile.sums = sums.data();
      tile.sum_stride = stride;
      tile.rows = rows;
      tile.columns = columns;
      tile.row_scales = row_scales.data();
      tile.column_scales = column_scales.data();
      tile.bias = bias.data();
      tile.out = out.data();
      tile.out_stride = columns;
      const auto scale = [&](int64_t r, int64_t c) {
        return double{row_scales[static_cast<size_t>(r)]} * column_scales[static_cast<size_t>(c)];
      };
      const auto at = [&](int64_t r, int64_t c) { return double(sums[static_cast<size_t>(r * stride + c)]); };
      table->finish_bytes(tile);
      for (int64_t i = 0; i < rows * columns; ++i) {
        const int64_t r = i / columns, c = i % columns;
        CHECK(out[static_cast<size_t>(i)] ==
              doctest::Approx(at(r, c) * scale(r, c) + bias[static_cast<size_t>(c)]).epsilon(1e-5));
      }
      tile.bias = nullptr;
      tile.activation = Activation::gelu_erf;
      table->finish_halves(tile);
      for (int64_t i = 0; i < rows * columns; ++i) {
        const int64_t r = i / columns, c = i % columns;
        const double x = (256 * at(2 * r, c) + at(2 * r + 1, c)) * scale(r, c);
        CHECK(out[static_cast<size_t>(i)] == doctest::Approx(x / 2 * (1 + std::erf(x / std::sqrt(2.0)))).epsilon(1e-5));
      }
    }
}

TEST_CASE("outputs may be bf16") {
  for (const Kernels* table : all_tables()) {
    const int64_t columns = table->panel_columns - 1, stride = table->panel_columns;
    const auto sums = uniform(2 * stride, 9, -4, 4);
    std::vector<model::kernels::BFloat16> out(static_cast<size_t>(2 * columns));
    FinishTile tile;
    tile.sums = sums.data();
    tile.sum_stride = stride;
    tile.rows = 2;
    tile.columns = columns;
    tile.out = out.data();
    tile.out_stride = columns;
    tile.out_element = Element::bf16;
    table->finish_floats(tile);
    for (int64_t i = 0; i < 2 * columns; ++i) {
      const float sum = sums[static_cast<size_t>(i / columns * stride + i % columns)];
      CHECK(out[static_cast<size_t>(i)].bits == to_bf16(sum).bits);
    }
  }
}

}  // namespace
}  // namespace rmt::tests
