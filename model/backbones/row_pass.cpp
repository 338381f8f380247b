#include "model/backbones/row_pass.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

#include "model/ops/row_products.h"
#include "model/threads.h"

namespace rmt::model {

namespace {

using kernels::Element;
using ops::RowBlock;

constexpr size_t kProductsOfLayer = 4;

std::vector<const ops::PackedWeight*> weights_of(const RowPassModel& model) {
  std::vector<const ops::PackedWeight*> all;
  for (const RowPassLayer& layer : model.layers)
    for (const ops::Linear* linear : {layer.qkv, layer.attention_out, layer.ffn_in, layer.ffn_out})
      all.push_back(linear->packed());
  return all;
}

RowBlock block_of(const at::Tensor& x) {  // [R, n] fp32
  return {static_cast<char*>(x.data_ptr()), x.stride(0) * 4, Element::fp32};
}

/// The pass of one batch: all memory is there before the threads begin, and a step's rows or heads each belong to one
/// of them.
class RowPass {
 public:
  RowPass(const RowPassModel& model, const at::Tensor& x, const RowLayout& layout)
      : model_(model),
        config_(*model.config),
        kernels_(kernels::kernels()),
        rows_(x.size(0)),
        layout_(layout),
        positions_(layout.positions.expand({rows_, 1}).contiguous()),
        hidden_(at::empty(x.sizes(), x.options())),
        products_(rows_, weights_of(model), model.layers.size() * kProductsOfLayer),
        x_(block_of(x)),
        out_(block_of(hidden_)) {
    const RowPassLayer& any = model.layers.front();
    normal_ = make_block(config_.width);
    delta_ = make_block(config_.width);
    qkv_ = make_block(any.qkv->out_features());
    mixed_ = make_block(any.attention_out->in_features());
    ffn_ = make_block(any.ffn_in->out_features());
    gated_ = make_block(any.ffn_out->in_features());
    for (ops::KeyValueCache* cache : layout.caches) {
      cache->make_room();
      pages_.push_back(cache->pages());
      longest_ = std::max(longest_, cache->rows() + 1);
    }
  }

  at::Tensor run() {
    const int64_t group = config_.heads / config_.kv_heads, threads = at::get_num_threads();
    const int64_t scratch = kernels_.cached_scratch_bytes(group, config_.head_size, longest_);
    const at::Tensor memory = at::empty({threads, (scratch + 63) / 64 * 64}, at::kByte);
    auto* first = memory.data_ptr<uint8_t>();
    run_together([&](const Team& team) { pass(team, first + team.rank() * memory.stride(0)); });
    for (ops::KeyValueCache* cache : layout_.caches) cache->count_row();
    return hidden_;
  }

 private:
  RowBlock make_block(int64_t width) {
    const int64_t stride = (width * kernels::bytes_of(model_.element) + 63) / 64 * 64;
    memory_.push_back(at::empty({rows_ * stride}, at::kByte));
    return {static_cast<char*>(memory_.back().data_ptr()), stride, model_.element};
  }

  void pass(const Team& team, void* scratch) {
    const auto each_row = [&](auto&& step) {
      for (int64_t row = team.rank(); row < rows_; row += team.size()) step(row);
      team.wait();
    };
    const auto multiply = [&](const ops::Linear& linear, size_t index, const RowBlock& out) {
      products_.multiply(*linear.packed(), index, out);
      team.wait();
    };
    each_row([&](int64_t row) { normalize(row, *model_.layers.front().attention_norm, *model_.layers.front().qkv); });
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      const RowPassLayer& layer = model_.layers[i];
      const size_t product = i * kProductsOfLayer;
      multiply(*layer.qkv, product, qkv_);
      for (int64_t task = team.rank(); task < rows_ * config_.kv_heads; task += team.size())
        attend(static_cast<int64_t>(i), task / config_.kv_heads, task % config_.kv_heads, scratch);
      team.wait();
      each_row([&](int64_t row) { set_input(*layer.attention_out, row, mixed_); });
      multiply(*layer.attention_out, product + 1, delta_);
      each_row([&](int64_t row) { add_normalize(row, *layer.ffn_norm, *layer.ffn_in); });
      multiply(*layer.ffn_in, product + 2, ffn_);
      each_row([&](int64_t row) { activate(row, *layer.ffn_out); });
      multiply(*layer.ffn_out, product + 3, delta_);
      const bool last = i + 1 == model_.layers.size();
      each_row([&](int64_t row) {
        if (last) return finish(row);
        add_normalize(row, *model_.layers[i + 1].attention_norm, *model_.layers[i + 1].qkv);
      });
    }
  }

  void set_input(const ops::Linear& linear, int64_t row, const RowBlock& x) {
    products_.set_input(*linear.packed(), row, x.row(row), x.element);
  }

  kernels::NormRows describe(int64_t row, const ops::Norm& norm, const RowBlock& out) const {
    kernels::NormRows part;
    part.x = reinterpret_cast<const float*>(x_.row(row));
    part.weight = norm.weight.const_data_ptr<float>();
    part.bias = norm.bias.defined() ? norm.bias.const_data_ptr<float>() : nullptr;
    part.eps = static_cast<float>(norm.eps);
    part.out = out.row(row);
    part.out_element = out.element;
    part.rows = 1;
    part.width = config_.width;
    return part;
  }

  void add(int64_t row, kernels::NormRows& part) const {
    part.delta = delta_.row(row);
    part.delta_element = delta_.element;
    part.sum = reinterpret_cast<float*>(x_.row(row));
  }

  void normalize(int64_t row, const ops::Norm& norm, const ops::Linear& next) {
    kernels_.normalize(describe(row, norm, normal_));
    set_input(next, row, normal_);
  }

  void add_normalize(int64_t row, const ops::Norm& norm, const ops::Linear& next) {
    auto part = describe(row, norm, normal_);
    add(row, part);
    kernels_.normalize(part);
    set_input(next, row, normal_);
  }

  void finish(int64_t row) {
    auto part = describe(row, *model_.final_norm, out_);
    add(row, part);
    kernels_.normalize(part);
  }

  void activate(int64_t row, const ops::Linear& next) {
    const int64_t width = next.in_features();
    if (model_.gated) {
      kernels_.swiglu(model_.element, ffn_.row(row), gated_.row(row), 1, width);
      return set_input(next, row, gated_);
    }
    kernels_.activate(kernels::Activation::gelu_tanh, model_.element, ffn_.row(row), width);
    set_input(next, row, ffn_);
  }

  // The queries of one key head of one row, that key and its value: rotated, kept, attended with.
  void attend(int64_t layer, int64_t row, int64_t kv_head, void* scratch) {
    const int64_t group = config_.heads / config_.kv_heads, head_size = config_.head_size;
    const int64_t head_bytes = head_size * kernels::bytes_of(model_.element);
    char* queries = qkv_.row(row) + kv_head * group * head_bytes;
    char* key = qkv_.row(row) + (config_.heads + kv_head) * head_bytes;
    const char* value = key + config_.kv_heads * head_bytes;
    if (model_.rope != nullptr) {
      const int64_t at = positions_.const_data_ptr<int64_t>()[row] * (head_size / 2);
      const auto *cosine = model_.rope->cosine.const_data_ptr<float>() + at,
                 *sine = model_.rope->sine.const_data_ptr<float>() + at;
      kernels_.rotate(model_.element, queries, head_size, group, head_size, cosine, sine);
      kernels_.rotate(model_.element, key, head_size, 1, head_size, cosine, sine);
    }
    const auto stream = static_cast<size_t>(row);
    const ops::KeyValueCache& cache = *layout_.caches[stream];
    cache.put(layer, kv_head, key, value);

    kernels::CachedQueries question;
    question.element = model_.element;
    question.queries = queries;
    question.heads = group;
    question.head_size = head_size;
    question.pages = pages_[stream].data();
    question.offset = cache.offset_of(layer, kv_head);
    question.keys = cache.rows_of(layer) + 1;
    question.scale = 1.0f / std::sqrt(static_cast<float>(head_size));
    question.out = mixed_.row(row) + kv_head * group * head_bytes;
    question.scratch = scratch;
    kernels_.attend_cached(question);
  }

  const RowPassModel& model_;
  const BackboneConfig& config_;
  const kernels::Kernels& kernels_;
  int64_t rows_, longest_ = 1;
  const RowLayout& layout_;
  at::Tensor positions_;  // [R, 1]
  at::Tensor hidden_;     // [R, D]
  ops::RowProducts products_;
  std::vector<at::Tensor> memory_;
  RowBlock x_, out_, normal_, qkv_, mixed_, delta_, ffn_, gated_;
  std::vector<std::vector<const void*>> pages_;
};

bool positions_fit(const at::Tensor& positions, const ops::Rope* rope) {
  if (!positions.is_cpu() || positions.scalar_type() != at::kLong) return false;
  return rope == nullptr ||
         (positions.min().item<int64_t>() >= 0 && positions.max().item<int64_t>() < rope->cosine.size(0));
}

}  // namespace

bool is_row_pass(const at::Tensor& embeddings, const RowLayout& layout, const RowPassModel& model) {
  if (layout.caches.empty() || embeddings.size(1) != 1 || embeddings.size(0) > ops::RowProducts::kMostRows)
    return false;
  if (c10::GradMode::is_enabled() || !embeddings.is_cpu() || model.layers.empty()) return false;
  for (const RowPassLayer& layer : model.layers)
    for (const ops::Linear* linear : {layer.qkv, layer.attention_out, layer.ffn_in, layer.ffn_out})
      if (linear->packed() == nullptr || !linear->packed()->keeps_panels()) return false;
  for (const ops::KeyValueCache* cache : layout.caches)
    if (cache->shape().element != model.element) return false;
  return positions_fit(layout.positions, model.rope);
}

at::Tensor row_pass(const RowPassModel& model, const at::Tensor& x, const RowLayout& layout) {
  return RowPass(model, x, layout).run();
}

}  // namespace rmt::model
