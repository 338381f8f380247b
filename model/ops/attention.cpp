#include "model/ops/attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/ops/attention_gradient.h"
#include "model/ops/elements.h"
#include "model/threads.h"

namespace rmt::model::ops {
namespace {

// Which keys a query may see, [R, S] or [B, 1, R, S] bool; undefined: all.
at::Tensor visible(int64_t queries, int64_t keys, const AttentionMask& mask, const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  const auto key = at::arange(keys, options);
  at::Tensor seen;
  if (mask.causal) seen = key <= (at::arange(queries, options) + mask.query_from).unsqueeze(1);  // [R, S]
  if (!mask.lengths.defined()) return seen;
  // A row of length 0 keeps key 0, so that its softmax stays finite.
  const auto lengths = mask.lengths.to(device).clamp_min(1).view({-1, 1, 1, 1});
  const auto inside = key < lengths;  // [B, 1, 1, S]
  return seen.defined() ? seen & inside : inside;
}

at::Tensor plain(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionMask& mask) {
  const bool triangle = mask.causal && mask.query_from == 0 && !mask.lengths.defined();  // which has a flag
  const auto seen = triangle ? at::Tensor() : visible(q.size(1), k.size(1), mask, q.device());
  const auto out = at::scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2),
                                                    seen.defined() ? std::optional(seen) : std::nullopt,
                                                    /*dropout_p=*/0.0, /*is_causal=*/triangle, /*scale=*/std::nullopt,
                                                    /*enable_gqa=*/q.size(2) != k.size(2));  // [B, H, R, K]
  return out.transpose(1, 2).reshape({q.size(0), q.size(1), -1});                            // [B, R, H*K]
}

// The kernels move rows as 32-bit words.
bool has_word_rows(const at::Tensor& x) {
  const int64_t size = x.element_size();
  return x.stride(3) == 1 && x.stride(1) * size % 4 == 0 && x.stride(2) * size % 4 == 0 &&
         x.stride(0) * size % 4 == 0 && x.storage_offset() * size % 4 == 0;
}

bool fits_kernels(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  constexpr int64_t kStep = 16, kMost = 256;
  const int64_t head_size = q.size(3);
  if (head_size % kStep != 0 || head_size > kMost || q.numel() == 0) return false;
  for (const at::Tensor* x : {&q, &k, &v})
    if (!kernels_read(*x) || x->scalar_type() != q.scalar_type() || !has_word_rows(*x)) return false;
  return true;
}

/// One sequence of the batch: its keys and values packed, then every head's blocks of queries.
class SequenceAttention {
 public:
  SequenceAttention(const kernels::AttentionKernel& kernel, int64_t keys, int64_t kv_heads, int64_t head_size)
      : kernel_(kernel),
        kv_heads_(kv_heads),
        head_size_(head_size),
        key_bytes_(kernel.key_bytes(keys, head_size)),
        value_bytes_(kernel.value_bytes(keys, head_size)),
        panels_(at::empty({kv_heads, key_bytes_ + value_bytes_}, at::kByte)) {}

  // k, v [S, G, K]. All heads of a few rows together: a fused product holds them side by side.
  void pack(const at::Tensor& k, const at::Tensor& v, int64_t keys) {
    keys_ = keys;
    const int64_t size = k.element_size(), step = kernel_.pack_step;
    const auto *key_rows = static_cast<const char*>(k.const_data_ptr()),
               *value_rows = static_cast<const char*>(v.const_data_ptr());
    for_each_task((keys + step - 1) / step, [&](int64_t task) {
      for (int64_t head = 0; head < kv_heads_; ++head) {
        kernels::HeadRows rows;
        rows.key_rows = key_rows + head * k.stride(1) * size;
        rows.value_rows = value_rows + head * v.stride(1) * size;
        rows.key_stride = k.stride(0) * size;
        rows.value_stride = v.stride(0) * size;
        rows.keys = keys;
        rows.head_size = head_size_;
        rows.key_panels = panels(head);
        rows.value_panels = panels(head) + key_bytes_;
        kernel_.pack(rows, task * step, step);
      }
    });
  }

  // q [R, H, K] -> out [R, H, K]
  void attend(const at::Tensor& q, const AttentionMask& mask, const at::Tensor& out) const {
    const int64_t heads = q.size(1), rows_per_task = kBlocksPerTask * kernel_.query_rows;
    const int64_t tasks = (q.size(0) + rows_per_task - 1) / rows_per_task;
    for_each_task(heads * tasks, [&](int64_t task) {
      const auto scratch = at::empty({kernel_.scratch_bytes(head_size_)}, at::kByte);
      const int64_t head = task / tasks, first = task % tasks * rows_per_task;
      const int64_t end = std::min(q.size(0), first + rows_per_task);
      for (int64_t row = first; row < end; row += kernel_.query_rows) {
        auto block = describe(q.select(1, head), mask, out.select(1, head), row);
        block.key_panels = panels(head / (heads / kv_heads_));
        block.value_panels = panels(head / (heads / kv_heads_)) + key_bytes_;
        block.scratch = scratch.data_ptr();
        kernel_.attend(block);
      }
    });
  }

 private:
  static constexpr int64_t kBlocksPerTask = 4;

  // The queries from `row` on, of q [R, K].
  kernels::AttentionBlock describe(const at::Tensor& q, const AttentionMask& mask, const at::Tensor& out,
                                   int64_t row) const {
    const int64_t size = q.element_size();
    kernels::AttentionBlock block;
    block.query_stride = q.stride(0) * size;
    block.queries = static_cast<const char*>(q.const_data_ptr()) + row * block.query_stride;
    block.rows = std::min(kernel_.query_rows, q.size(0) - row);
    block.position = mask.query_from + row;
    block.causal = mask.causal;
    block.keys = keys_;
    block.head_size = head_size_;
    block.scale = 1.0f / std::sqrt(static_cast<float>(head_size_));
    block.out_stride = out.stride(0) * size;
    block.out = static_cast<char*>(out.data_ptr()) + row * block.out_stride;
    return block;
  }

  char* panels(int64_t head) const {
    return reinterpret_cast<char*>(panels_.data_ptr<uint8_t>()) + head * (key_bytes_ + value_bytes_);
  }

  const kernels::AttentionKernel& kernel_;
  int64_t kv_heads_, head_size_, key_bytes_, value_bytes_, keys_ = 0;
  at::Tensor panels_;
};

}  // namespace

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const AttentionMask& mask) {
  if (!fits_kernels(q, k, v)) return plain(q, k, v, mask);
  if (at::GradMode::is_enabled()) return differentiable_attention(q, k, v, mask);

  const auto& table = kernels::kernels();
  const auto& kernel = q.scalar_type() == at::kBFloat16 ? table.attention_bf16 : table.attention_fp32;
  const int64_t batch = q.size(0), keys = k.size(1);
  const auto lengths = mask.lengths.defined() ? mask.lengths.to(at::kCPU, at::kLong).contiguous() : at::Tensor();
  const auto out = at::empty(q.sizes(), q.options());  // [B, R, H, K]
  SequenceAttention sequence(kernel, keys, k.size(2), q.size(3));
  for (int64_t b = 0; b < batch; ++b) {
    const int64_t length = lengths.defined() ? lengths.const_data_ptr<int64_t>()[b] : keys;
    sequence.pack(k.select(0, b), v.select(0, b), std::clamp<int64_t>(length, 1, keys));
    sequence.attend(q.select(0, b), mask, out.select(0, b));
  }
  return out.view({batch, q.size(1), -1});
}

at::Tensor attention_probabilities(const at::Tensor& q, const at::Tensor& k, const AttentionMask& mask) {
  const int64_t batch = q.size(0), queries = q.size(1), heads = q.size(2), kv_heads = k.size(2), keys = k.size(1);
  // Heads that share a key head become more rows of one product.
  const auto rows = (q.to(at::kFloat) / std::sqrt(static_cast<double>(q.size(3))))
                        .transpose(1, 2)
                        .reshape({batch, kv_heads, heads / kv_heads * queries, q.size(3)});
  const auto columns = k.to(at::kFloat).permute({0, 2, 3, 1});                  // [B, G, K, S]
  auto scores = at::matmul(rows, columns).view({batch, heads, queries, keys});  // [B, H, R, S]
  const auto seen = visible(queries, keys, mask, q.device());
  if (seen.defined()) scores = scores.masked_fill(seen.logical_not(), -std::numeric_limits<float>::infinity());
  return at::softmax(scores, -1);
}

}  // namespace rmt::model::ops
