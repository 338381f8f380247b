// Every product of every instruction set against sums in double, and against itself row by row.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/model/kernels/samples.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::kernels::bytes_of;
using model::kernels::Element;
using model::kernels::Kernels;
using model::kernels::Product;
using model::kernels::ProductTile;

int64_t rounded_up(int64_t n, int64_t step) {
  return (n + step - 1) / step * step;
}

/// One panel of weights and some rows of inputs, in the numbers of a product, and what comes out.
struct Case {
  Case(const Kernels& kernels, const Product& table_entry, int64_t row_count, int64_t inputs, int64_t outputs)
      : table(kernels), product(table_entry), rows(row_count), in(inputs), out(outputs) {
    in_a_word = 4 / bytes_of(product.weight);
    words = rounded_up(rounded_up(in, in_a_word) / in_a_word, product.word_step);
    padded = words * in_a_word;
    draw_weights();
    draw_inputs();
  }

  void draw_weights() {
    const int64_t whole = rounded_up(in, in_a_word), columns = table.panel_columns;
    const auto floats = uniform(out * whole, 11);
    const auto bytes = uniform_bytes(out * whole, 12);
    std::vector<char> memory(static_cast<size_t>(out * whole * bytes_of(product.weight)));
    weights.assign(static_cast<size_t>(out * in), 0);
    for (int64_t o = 0; o < out; ++o)
      for (int64_t i = 0; i < whole; ++i) {
        const auto at = static_cast<size_t>(o * whole + i);
        const float drawn = i < in ? floats[at] : 0;
        const auto narrow = to_bf16(drawn);
        const int8_t byte = i < in ? bytes[at] : int8_t{0};
        if (product.weight == Element::fp32) std::memcpy(&memory[at * 4], &drawn, 4);
        if (product.weight == Element::bf16) std::memcpy(&memory[at * 2], &narrow, 2);
        if (product.weight == Element::int8) memory[at] = static_cast<char>(byte);
        if (i < in)
          weights[static_cast<size_t>(o * in + i)] = product.weight == Element::fp32   ? drawn
                                                     : product.weight == Element::bf16 ? to_float(narrow)
                                                                                       : byte;
      }
    const int64_t offsets = product.has_offsets ? columns : 0;
    panel.assign(static_cast<size_t>(offsets + words * columns), 0);
    for (int64_t o = 0; o < offsets && o < out; ++o)
      for (int64_t i = 0; i < in; ++i)
        panel[static_cast<size_t>(o)] -= 128 * static_cast<int32_t>(weights[static_cast<size_t>(o * in + i)]);
    table.pack_panel(memory.data(), whole / in_a_word, out, whole / in_a_word, words, panel.data() + offsets);
  }

  void draw_inputs() {
    const int64_t room = rounded_up(rows, product.row_step), size = bytes_of(product.input);
    const auto floats = uniform(rows * in, 13);
    const auto bytes = uniform_bytes(rows * in, 14);
    stride = padded * size + 8;  // rows need not touch
    memory_in.assign(static_cast<size_t>(room * stride), 0);
    values.assign(static_cast<size_t>(rows * in), 0);
    for (int64_t at = 0; at < rows * in; ++at) {
      const float drawn = floats[static_cast<size_t>(at)];
      const auto narrow = to_bf16(drawn);
      const int8_t byte = bytes[static_cast<size_t>(at)];
      char* place = memory_in.data() + at / in * stride + at % in * size;
      float& value = values[static_cast<size_t>(at)];
      switch (product.input) {
        case Element::fp32:
          std::memcpy(place, &drawn, 4);
          value = drawn;
          break;
        case Element::bf16:
          std::memcpy(place, &narrow, 2);
          value = to_float(narrow);
          break;
        case Element::int8:
          *place = static_cast<char>(byte);
          value = byte;
          break;
        case Element::uint8:
          *place = static_cast<char>(byte + 128);
          value = byte;
          break;
      }
    }
  }

  std::vector<float> run(int64_t first, int64_t count, const std::vector<float>* start = nullptr) const {
    const int64_t columns = table.panel_columns;
    std::vector<float> sums(static_cast<size_t>(rounded_up(count, product.row_step) * columns));
    if (start) std::copy(start->begin(), start->end(), sums.begin());
    // Room for the rows a product may read past `first + count`.
    std::vector<char> inputs(memory_in.begin() + first * stride, memory_in.begin() + (first + count) * stride);
    inputs.resize(static_cast<size_t>(rounded_up(count, product.row_step) * stride));
    ProductTile tile;
    tile.inputs = inputs.data();
    tile.input_stride = stride;
    tile.rows = count;
    tile.panel = panel.data();
    tile.words = words;
    tile.sums = sums.data();
    tile.sum_stride = columns;
    tile.accumulate = start != nullptr;
    product.begin();
    product.multiply(tile);
    product.end();
    sums.resize(static_cast<size_t>(count * columns));
    return sums;
  }

  double exact(int64_t row, int64_t column) const {
    double sum = 0;
    for (int64_t i = 0; column < out && i < in; ++i)
      sum += double{values[static_cast<size_t>(row * in + i)]} * weights[static_cast<size_t>(column * in + i)];
    return sum;
  }

  const Kernels& table;
  const Product& product;
  int64_t rows, in, out, in_a_word = 1, words = 0, padded = 0, stride = 0;
  std::vector<float> weights, values;
  std::vector<int32_t> panel;
  std::vector<char> memory_in;
};

double value_of(const Case& c, float sum) {
  if (bytes_of(c.product.weight) != 1) return sum;
  int32_t integer;
  std::memcpy(&integer, &sum, sizeof integer);
  return integer;
}

void check_against_double(const Case& c) {
  const auto sums = c.run(0, c.rows);
  const bool integers = bytes_of(c.product.weight) == 1;
  double worst = 0;
  for (int64_t row = 0; row < c.rows; ++row)
    for (int64_t column = 0; column < c.table.panel_columns; ++column) {
      const auto sum = sums[static_cast<size_t>(row * c.table.panel_columns + column)];
      worst = std::max(worst, std::abs(value_of(c, sum) - c.exact(row, column)));
    }
  // Products of numbers below 1: each of the additions loses up to half an ulp of a sum of about sqrt(in).
  CHECK(worst <= (integers ? 0.0 : 2e-7 * std::sqrt(static_cast<double>(c.in)) * std::log2(c.in + 2.0)));
}

template <class Body>
void for_each_product(Body&& body) {
  for (const Kernels* table : all_tables())
    for (const Product* product : {&table->fp32, &table->bf16, &table->int8}) {
      CAPTURE(std::string(name(table->isa)));
      CAPTURE(static_cast<int>(product->weight));
      body(*table, *product);
    }
}

TEST_CASE("products equal sums in double, for every count of rows, inputs and outputs") {
  for_each_product([](const Kernels& table, const Product& product) {
    for (const int64_t rows : {1, 2, 13, 14, 15, 16, 17, 31, 32, 33, 47})
      for (const int64_t in : {1, 3, 4, 31, 64, 100}) {
        CAPTURE(rows);
        CAPTURE(in);
        check_against_double(Case(table, product, rows, in, table.panel_columns));
      }
    check_against_double(Case(table, product, 20, 900, table.panel_columns));
    check_against_double(Case(table, product, 5, 70, 1));
    check_against_double(Case(table, product, 5, 70, table.panel_columns - 1));
  });
}

TEST_CASE("a row's sums do not depend on the rows beside it") {
  for_each_product([](const Kernels& table, const Product& product) {
    const Case c(table, product, 37, 800, table.panel_columns);
    const auto together = c.run(0, c.rows);
    for (int64_t row = 0; row < c.rows; ++row) {
      const auto alone = c.run(row, 1);
      CHECK(std::memcmp(alone.data(), together.data() + row * table.panel_columns, alone.size() * 4) == 0);
    }
  });
}

TEST_CASE("sums are added to when asked") {
  for_each_product([](const Kernels& table, const Product& product) {
    if (bytes_of(product.weight) == 1) return;
    const Case c(table, product, 19, 64, table.panel_columns);
    const std::vector<float> start(static_cast<size_t>(19 * table.panel_columns), 1000.0f);
    const auto sums = c.run(0, c.rows, &start);
    for (int64_t at = 0; at < 19 * table.panel_columns; ++at)
      CHECK(sums[static_cast<size_t>(at)] ==
            doctest::Approx(1000.0 + c.exact(at / table.panel_columns, at % table.panel_columns)).epsilon(1e-6));
  });
}

TEST_CASE("integer products are the same bits on every instruction set") {
  for (const int64_t in : {5, 768}) {
    std::vector<double> first;
    for (const Kernels* table : all_tables()) {
      const Case c(*table, table->int8, 3, in, 8);
      const auto sums = c.run(0, c.rows);
      std::vector<double> values;
      for (int64_t row = 0; row < 3; ++row)
        for (int64_t column = 0; column < 8; ++column)
          values.push_back(value_of(c, sums[static_cast<size_t>(row * table->panel_columns + column)]));
      if (first.empty()) first = values;
      CHECK(values == first);
    }
  }
}

TEST_CASE("a NaN stays in its row") {
  for_each_product([](const Kernels& table, const Product& product) {
    if (bytes_of(product.input) == 1) return;
    Case c(table, product, 18, 64, table.panel_columns);
    const uint32_t nan = 0x7fc07fc0;  // in bf16 a pair of them
    std::memcpy(c.memory_in.data() + 7 * c.stride, &nan, sizeof nan);
    const auto sums = c.run(0, c.rows);
    for (int64_t at = 0; at < c.rows * table.panel_columns; ++at)
      CHECK(std::isnan(sums[static_cast<size_t>(at)]) == (at / table.panel_columns == 7));
  });
}

TEST_CASE("unknown levels give no table") {
  for (const auto isa : model::kernels::available()) CHECK(model::kernels::kernels_for(isa)->isa == isa);
  CHECK(model::kernels::runs(model::kernels::Isa::portable));
  CHECK(model::kernels::kernels().panel_columns > 0);
}

}  // namespace
}  // namespace rmt::tests
