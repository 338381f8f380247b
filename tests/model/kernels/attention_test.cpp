// Attention of every instruction set against double, in fp32 and bf16.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/model/kernels/samples.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using model::kernels::AttentionBlock;
using model::kernels::AttentionKernel;
using model::kernels::BFloat16;
using model::kernels::Kernels;

/// One head: queries stand at `position`, `position` + 1, … among the keys.
struct Head {
  int64_t queries, keys, head_size, position;
  bool causal;
  std::vector<float> q, k, v;

  Head(int64_t query_count, int64_t key_count, int64_t size, int64_t from, bool is_causal)
      : queries(query_count), keys(key_count), head_size(size), position(from), causal(is_causal) {
    q = uniform(queries * head_size, 81, -2, 2);
    k = uniform(keys * head_size, 82, -2, 2);
    v = uniform(keys * head_size, 83, -2, 2);
  }
  void round_to_bf16() {
    for (auto* x : {&q, &k, &v}) *x = to_floats(to_bf16(*x));
  }
  int64_t visible(int64_t query) const { return causal ? std::min(keys, position + query + 1) : keys; }
};

std::vector<double> exact(const Head& head) {
  std::vector<double> out(static_cast<size_t>(head.queries * head.head_size), 0.0);
  for (int64_t i = 0; i < head.queries; ++i) {
    std::vector<double> weight;
    double total = 0;
    for (int64_t j = 0; j < head.visible(i); ++j) {
      double score = 0;
      for (int64_t c = 0; c < head.head_size; ++c)
        score += double{head.q[static_cast<size_t>(i * head.head_size + c)]} *
                 head.k[static_cast<size_t>(j * head.head_size + c)];
      weight.push_back(std::exp(score / std::sqrt(static_cast<double>(head.head_size))));
      total += weight.back();
    }
    for (int64_t j = 0; j < head.visible(i); ++j)
      for (int64_t c = 0; c < head.head_size; ++c)
        out[static_cast<size_t>(i * head.head_size + c)] +=
            weight[static_cast<size_t>(j)] / total * head.v[static_cast<size_t>(j * head.head_size + c)];
  }
  return out;
}

/// Through the kernel, in blocks of `height` rows.
template <class T>
std::vector<T> attend(const AttentionKernel& kernel, const Head& head, const std::vector<T>& q, const std::vector<T>& k,
                      const std::vector<T>& v, int64_t height) {
  const auto row_bytes = head.head_size * static_cast<int64_t>(sizeof(T));
  std::vector<char> keys(static_cast<size_t>(kernel.key_bytes(head.keys, head.head_size)), 0x7f);
  std::vector<char> values(static_cast<size_t>(kernel.value_bytes(head.keys, head.head_size)), 0x7f);
  std::vector<char> scratch(static_cast<size_t>(kernel.scratch_bytes(head.head_size)), 0x7f);
  const model::kernels::HeadRows rows{k.data(),  v.data(),       row_bytes,   row_bytes,
                                      head.keys, head.head_size, keys.data(), values.data()};
  for (int64_t first = 0; first < head.keys; first += kernel.pack_step) kernel.pack(rows, first, kernel.pack_step);
  std::vector<T> out(q.size());
  for (int64_t row = 0; row < head.queries; row += height) {
    AttentionBlock block;
    block.queries = q.data() + row * head.head_size;
    block.query_stride = row_bytes;
    block.rows = std::min(height, head.queries - row);
    block.position = head.position + row;
    block.causal = head.causal;
    block.keys = head.keys;
    block.head_size = head.head_size;
    block.scale = 1.0f / std::sqrt(static_cast<float>(head.head_size));
    block.key_panels = keys.data();
    block.value_panels = values.data();
    block.out = out.data() + row * head.head_size;
    block.out_stride = row_bytes;
    block.scratch = scratch.data();
    kernel.attend(block);
  }
  return out;
}

double worst(const std::vector<float>& out, const std::vector<double>& expected) {
  double difference = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if (std::isnan(out[i])) return INFINITY;
    difference = std::max(difference, std::abs(out[i] - expected[i]));
  }
  return difference;
}

void check(const Head& head) {
  auto rounded = head;
  rounded.round_to_bf16();
  const auto expected = exact(head), expected_bf16 = exact(rounded);
  for (const Kernels* table : all_tables()) {
    CAPTURE(std::string(name(table->isa)));
    const auto& fp32 = table->attention_fp32;
    CHECK(worst(attend(fp32, head, head.q, head.k, head.v, fp32.query_rows), expected) < 3e-6);
    const auto& bf16 = table->attention_bf16;
    const auto out = attend(bf16, rounded, to_bf16(rounded.q), to_bf16(rounded.k), to_bf16(rounded.v), bf16.query_rows);
    CHECK(worst(to_floats(out), expected_bf16) < 0.02);
  }
}

TEST_CASE("attention equals softmax in double") {
  for (const int64_t head_size : {16, 32, 64, 80, 128}) {
    CAPTURE(head_size);
    for (const bool causal : {true, false}) {
      check(Head(37, 37, head_size, 0, causal));
      check(Head(1, 1, head_size, 0, causal));
      check(Head(5, 70, head_size, 65, causal));
    }
  }
  check(Head(3, 300, 64, 297, true));    // the second chunk of keys
  check(Head(40, 290, 64, 250, true));   // some rows end in the first chunk, some in the second
  check(Head(2, 530, 256, 520, false));  // a third
}

TEST_CASE("a row is the same in any block") {
  for (const Kernels* table : all_tables()) {
    const Head head(60, 300, 64, 240, true);
    const auto& fp32 = table->attention_fp32;
    const auto together = attend(fp32, head, head.q, head.k, head.v, fp32.query_rows);
    for (const int64_t height : {1, 7}) CHECK(attend(fp32, head, head.q, head.k, head.v, height) == together);
    const auto q = to_bf16(head.q), k = to_bf16(head.k), v = to_bf16(head.v);
    const auto& bf16 = table->attention_bf16;
    const auto narrow = to_floats(attend(bf16, head, q, k, v, bf16.query_rows));
    for (const int64_t height : {1, 7}) CHECK(to_floats(attend(bf16, head, q, k, v, height)) == narrow);
  }
}

TEST_CASE("scores far apart neither overflow nor vanish") {
  for (const Kernels* table : all_tables()) {
    Head head(4, 300, 64, 290, true);
    for (float& x : head.q) x *= 60;
    for (float& x : head.k) x *= 60;
    const auto out = attend(table->attention_fp32, head, head.q, head.k, head.v, int64_t{4});
    CHECK(worst(out, exact(head)) < 5e-3);  // scores of some thousands, rounded to fp32
  }
}

TEST_CASE("a NaN in a query spoils that query only") {
  for (const Kernels* table : all_tables()) {
    Head head(9, 40, 32, 31, true);
    head.q[static_cast<size_t>(4 * 32 + 3)] = std::numeric_limits<float>::quiet_NaN();
    const auto out = attend(table->attention_fp32, head, head.q, head.k, head.v, int64_t{9});
    for (int64_t i = 0; i < 9; ++i) CHECK(std::isnan(out[static_cast<size_t>(i * 32)]) == (i == 4));
  }
}

}  // namespace
}  // namespace rmt::tests
