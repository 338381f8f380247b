#include "model/ops/attention_gradient.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "model/ops/elements.h"
#include "model/threads.h"

namespace rmt::model::ops {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

// Scores of the sequences worked through at once stay below this.
constexpr int64_t kMostScoreBytes = int64_t{32} << 20;

/// The backward pass of some sequences: query heads that share keys stand one after another as rows of one product.
class BackwardProducts {
 public:
  // q and by_out [B, R, H, K], k and v [B, S, G, K]
  BackwardProducts(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& by_out)
      : batch_(q.size(0)), rows_(q.size(1)), heads_(q.size(2)), size_(q.size(3)), keys_(k.size(1)), groups_(k.size(2)) {
    q_ = stacked(q, rows_, heads_);
    by_out_ = stacked(by_out, rows_, heads_);
    k_ = stacked(k, keys_, groups_);
    v_ = stacked(v, keys_, groups_);
  }

  void run(const AttentionMask& mask) {
    at::Tensor probabilities = at::bmm(q_, k_.transpose(1, 2));   // [B G, (H/G) R, S]: scores yet
    at::Tensor by_scores = at::bmm(by_out_, v_.transpose(1, 2));  // of the probabilities yet
    finish(probabilities, by_scores, mask);
    by_v_ = at::bmm(probabilities.transpose(1, 2), by_out_);  // [B G, S, K]
    by_k_ = at::bmm(by_scores.transpose(1, 2), q_);
    by_q_ = at::bmm(by_scores, k_);  // [B G, (H/G) R, K]
  }

  at::Tensor by_q() const { return unstacked(by_q_, rows_, heads_); }
  at::Tensor by_k() const { return unstacked(by_k_, keys_, groups_); }
  at::Tensor by_v() const { return unstacked(by_v_, keys_, groups_); }

 private:
  // [B, n, h, K] -> [B G, (h/G) n, K]
  at::Tensor stacked(const at::Tensor& x, int64_t n, int64_t heads) const {
    return x.permute({0, 2, 1, 3}).reshape({batch_ * groups_, heads / groups_ * n, size_});
  }
  at::Tensor unstacked(const at::Tensor& x, int64_t n, int64_t heads) const {
    return x.view({batch_, heads, n, size_}).permute({0, 2, 1, 3});
  }

  void finish(const at::Tensor& scores, const at::Tensor& by, const AttentionMask& mask) const {
    const auto* lengths = mask.lengths.defined() ? mask.lengths.const_data_ptr<int64_t>() : nullptr;
    const int64_t size = scores.element_size(), per_sequence = heads_ * rows_;
    const float scale = 1.0f / std::sqrt(static_cast<float>(size_));
    auto *score = static_cast<char*>(scores.mutable_data_ptr()), *gradient = static_cast<char*>(by.mutable_data_ptr());
    constexpr int64_t kRowsPerTask = 32;
    const int64_t all = batch_ * per_sequence;
    for_each_task((all + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
      for (int64_t i = task * kRowsPerTask; i < std::min(all, (task + 1) * kRowsPerTask); ++i) {
        int64_t seen = mask.causal ? mask.query_from + i % rows_ + 1 : keys_;
        if (lengths) seen = std::min(seen, std::max<int64_t>(lengths[i / per_sequence], 1));
        kernels::kernels().attention_gradient(element_of(scores), score + i * keys_ * size, gradient + i * keys_ * size,
                                              keys_, seen, scale);
      }
    });
  }

  int64_t batch_, rows_, heads_, size_, keys_, groups_;
  at::Tensor q_, k_, v_, by_out_, by_q_, by_k_, by_v_;
};

struct Attention : torch::autograd::Function<Attention> {
  static Variable forward(AutogradContext* context, const Variable& q, const Variable& k, const Variable& v,
                          const AttentionMask& mask) {
    context->save_for_backward({q, k, v, mask.lengths});
    context->saved_data["causal"] = mask.causal;
    context->saved_data["from"] = mask.query_from;
    return attention(q, k, v, mask);
  }

  static variable_list backward(AutogradContext* context, const variable_list& by) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const at::Tensor by_out = by[0].view(q.sizes());
    const auto lengths = saved[3].defined() ? saved[3].to(at::kCPU, at::kLong).contiguous() : at::Tensor();
    AttentionMask mask{context->saved_data["causal"].toBool(), context->saved_data["from"].toInt(), lengths};
    const at::Tensor by_q = at::empty(q.sizes(), q.options()), by_k = at::empty(k.sizes(), k.options()),
                     by_v = at::empty(v.sizes(), v.options());
    const int64_t bytes = q.size(1) * q.size(2) * k.size(1) * q.element_size();  // of one sequence's scores
    const int64_t at_once = std::clamp<int64_t>(kMostScoreBytes / bytes, 1, q.size(0));
    for (int64_t from = 0; from < q.size(0); from += at_once) {
      const int64_t count = std::min(at_once, q.size(0) - from);
      const auto part = [&](const at::Tensor& x) { return x.narrow(0, from, count); };
      if (lengths.defined()) mask.lengths = part(lengths);
      BackwardProducts products(part(q), part(k), part(v), part(by_out));
      products.run(mask);
      part(by_q).copy_(products.by_q());
      part(by_k).copy_(products.by_k());
      part(by_v).copy_(products.by_v());
    }
    return {by_q, by_k, by_v, {}};
  }
};

}  // namespace

at::Tensor differentiable_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    const AttentionMask& mask) {
  return Attention::apply(q, k, v, mask);
}

}  // namespace rmt::model::ops
