// Attention through the kernels against plain scaled-dot-product attention.
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>

#include "model/ops/attention.h"
#include "tests/model/ops/without_gradients.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using model::ops::attention;
using model::ops::AttentionMask;

struct Heads {
  at::Tensor q, k, v;
};

/// Views into one fused product, as the backbones make them: rows [q heads | k heads | v heads].
Heads fused(int64_t batch, int64_t length, int64_t heads, int64_t kv_heads, int64_t head_size) {
  const auto qkv = at::randn({batch, length, heads + 2 * kv_heads, head_size});
  return {qkv.narrow(2, 0, heads), qkv.narrow(2, heads, kv_heads), qkv.narrow(2, heads + kv_heads, kv_heads)};
}

at::Tensor fast(const Heads& x, const AttentionMask& mask) {
  return without_gradients([&] { return attention(x.q, x.k, x.v, mask); });
}

Heads to_bf16(const Heads& x) {
  return {x.q.to(at::kBFloat16), x.k.to(at::kBFloat16), x.v.to(at::kBFloat16)};
}

void check(const Heads& x, const AttentionMask& mask) {
  const auto plain = attention(x.q, x.k, x.v, mask);
  const auto result = fast(x, mask);
  CHECK(result.is_contiguous());
  CHECK(max_difference(result, plain) < 5e-6);
  const auto narrow = to_bf16(x);
  CHECK((fast(narrow, mask).scalar_type() == at::kBFloat16));
  CHECK(max_difference(fast(narrow, mask), plain) < 0.05);
}

TEST_CASE("head sizes, grouped heads, causal or not") {
  at::manual_seed(11);
  for (const bool causal : {true, false})
    for (const int64_t head_size : {16, 32, 64, 80, 128, 24}) {  // 24: no kernel, the plain way
      CAPTURE(head_size);
      check(fused(2, 45, 4, 4, head_size), {.causal = causal});
      check(fused(1, 33, 9, 3, head_size), {.causal = causal});
    }
  check(fused(1, 532, 2, 1, 64), {});
  check(fused(1, 1, 2, 2, 64), {});
}

TEST_CASE("queries that start in the middle see what stands before them") {
  at::manual_seed(12);
  const auto x = fused(2, 300, 4, 2, 64);
  const auto whole = fast(x, {});
  for (const int64_t from : {1, 255, 290}) {
    const Heads later{x.q.narrow(1, from, 300 - from), x.k, x.v};
    check(later, {.query_from = from});
    CHECK(same_bits(fast(later, {.query_from = from}), whole.narrow(1, from, 300 - from)));
  }
  const Heads middle{x.q.narrow(1, 100, 30), x.k, x.v};
  check(middle, {.query_from = 100});
}

TEST_CASE("padding is not seen, whatever stands in it, and its own rows are finite") {
  at::manual_seed(13);
  for (const bool causal : {true, false}) {
    auto x = fused(3, 50, 2, 2, 32);
    const auto lengths = at::tensor({50, 20, 0}, at::kLong);
    const AttentionMask mask{.causal = causal, .lengths = lengths};
    check(x, mask);
    const auto before = fast(x, mask);
    CHECK(before.isfinite().all().item<bool>());
    x.k.select(0, 1).narrow(0, 20, 30).fill_(1e30);
    x.v.select(0, 1).narrow(0, 20, 30).fill_(std::nan(""));
    const auto after = fast(x, mask);
    CHECK(same_bits(after.select(0, 1).narrow(0, 0, 20), before.select(0, 1).narrow(0, 0, 20)));
    // A padded row of a batch is the shorter sequence alone.
    const Heads alone{x.q.narrow(0, 1, 1).narrow(1, 0, 20), x.k.narrow(0, 1, 1).narrow(1, 0, 20),
                      x.v.narrow(0, 1, 1).narrow(1, 0, 20)};
    CHECK(same_bits(fast(alone, {.causal = causal}), before.narrow(0, 1, 1).narrow(1, 0, 20)));
  }
}

TEST_CASE("bit for bit the same in any batch and on any number of threads") {
  at::manual_seed(14);
  for (const auto& x : {fused(3, 70, 4, 2, 64), to_bf16(fused(3, 70, 4, 2, 64))}) {
    const auto run = [](const Heads& heads) { return [&heads] { return attention(heads.q, heads.k, heads.v, {}); }; };
    const auto one = on_threads(1, run(x));
    CHECK(same_bits(on_threads(2, run(x)), one));
    CHECK(same_bits(on_threads(5, run(x)), one));
    const Heads second{x.q.narrow(0, 1, 1), x.k.narrow(0, 1, 1), x.v.narrow(0, 1, 1)};
    CHECK(same_bits(on_threads(2, run(second)), one.narrow(0, 1, 1)));
    // A causal row knows nothing of the rows after it.
    const Heads shorter{x.q.narrow(1, 0, 40), x.k.narrow(1, 0, 40), x.v.narrow(1, 0, 40)};
    CHECK(same_bits(on_threads(2, run(shorter)), one.narrow(1, 0, 40)));
  }
}

TEST_CASE("probabilities add up to 1, are nothing where the mask hides, and are what values are weighed with") {
  at::manual_seed(15);
  const auto x = fused(3, 40, 6, 2, 16);
  const auto lengths = at::tensor({40, 17, 0}, at::kLong);
  for (const AttentionMask& mask : {AttentionMask{},
                                    {.query_from = 9},
                                    {.causal = false},
                                    {.lengths = lengths},
                                    {.causal = false, .query_from = 9, .lengths = lengths}}) {
    CAPTURE(mask.query_from);
    const Heads part{x.q.narrow(1, mask.query_from, 40 - mask.query_from), x.k, x.v};
    const auto p = model::ops::attention_probabilities(part.q, part.k, mask);  // [B, H, R, S]
    CHECK((p.sizes() == at::IntArrayRef{3, 6, 40 - mask.query_from, 40}));
    CHECK(max_difference(p.sum(-1), at::ones_like(p.select(-1, 0))) < 1e-6);
    if (mask.causal) CHECK(p.triu(mask.query_from + 1).max().item<float>() == 0);
    if (mask.lengths.defined()) CHECK(p[1].narrow(-1, 17, 23).max().item<float>() == 0);
    const auto values = part.v.transpose(1, 2).repeat_interleave(3, 1);  // [B, H, S, K]
    const auto mixed = at::matmul(p, values).transpose(1, 2).flatten(2);
    CHECK(max_difference(mixed, attention(part.q, part.k, part.v, mask)) < 5e-6);
  }
}

TEST_CASE("gradients flow to queries, keys and values") {
  auto q = at::randn({1, 6, 4, 16}).requires_grad_(), k = at::randn({1, 6, 2, 16}).requires_grad_(),
       v = at::randn({1, 6, 2, 16}).requires_grad_();
  attention(q, k, v, {.lengths = at::tensor({5}, at::kLong)}).sum().backward();
  for (const auto& x : {q, k, v}) CHECK(x.grad().abs().sum().item<double>() > 0);
  CHECK(k.grad().select(1, 5).abs().sum().item<double>() == 0);
}

}  // namespace
}  // namespace rmt::tests
