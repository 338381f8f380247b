#include "model/backbones/gpt2.h"

#include <ATen/ops/add.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/unbind.h>

#include "model/backbones/layout.h"
#include "model/backbones/parameters.h"
#include "model/backbones/parts.h"
#include "model/backbones/row_pass.h"
#include "model/ops/linear_gelu.h"

namespace rmt::model {

Gpt2::Gpt2(const BackboneConfig& config, const WeightSource& weights) : Backbone(config) {
  const int64_t d = config.width, f = config.ffn_width;
  const ParameterLoader load{weights, config.norm_eps};

  tokens_ = weights.load("wte.weight", {config.vocab_size, d});
  positions_ = weights.load("wpe.weight", {config.max_positions, d});
  blocks_.reserve(static_cast<size_t>(config.layers));
  for (int64_t layer = 0; layer < config.layers; ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".";
    blocks_.push_back({.attention_norm = load.layer_norm(at + "ln_1", d),
                       .ffn_norm = load.layer_norm(at + "ln_2", d),
                       .qkv = load.conv1d(at + "attn.c_attn", d, 3 * d),
                       .attention_out = load.conv1d(at + "attn.c_proj", d, d),
                       .ffn_in = load.conv1d(at + "mlp.c_fc", d, f),
                       .ffn_out = load.conv1d(at + "mlp.c_proj", f, d)});
  }
  final_norm_ = load.layer_norm("ln_f", d);
  head_ = ops::Linear(config.tied_head ? tokens_ : weights.load("lm_head.weight", {config.vocab_size, d}));
}

at::Tensor Gpt2::embed(const at::Tensor& ids) const {
  return at::embedding(tokens_, ids).to(at::kFloat);
}

at::Tensor Gpt2::with_positions(const at::Tensor& embeddings, const RowLayout& layout) const {
  return at::add(embeddings, at::embedding(positions_, positions_of(layout, embeddings)));  // [B, S, D]
}

at::Tensor Gpt2::forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const {
  check_layout(config_, embeddings, layout, rows);
  if (const RowPassModel pass = row_pass_model(); is_row_pass(embeddings, layout, pass))
    return row_pass(pass, with_positions(embeddings, layout).squeeze(1), layout).unsqueeze(1);
  return finish(attended(embeddings, layout, rows));
}

AttendedRows Gpt2::attended(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const {
  const int64_t batch = embeddings.size(0), length = embeddings.size(1);
  const at::ScalarType dtype = activation_dtype(precision_);
  at::Tensor x = with_positions(embeddings, layout);
  if (blocks_.empty()) return {take_rows(x, rows), {}};

  at::Tensor h = ops::normalize(x, blocks_.front().attention_norm, dtype);
  for (size_t layer = 0;; ++layer) {
    const Block& block = blocks_[layer];
    const bool last = layer + 1 == blocks_.size();
    const RowRange out = last ? rows : RowRange{0, length};

    const auto qkv = at::unbind(block.qkv(h).view({batch, length, 3, config_.heads, config_.head_size}), 2);
    const at::Tensor mixed = attend(layout, layer, out, qkv[0], qkv[1], qkv[2]);  // [B, R, D]
    if (last) return {take_rows(x, rows), mixed};
    h = ops::add_normalize(x, block.attention_out(mixed), block.ffn_norm, dtype);
    const at::Tensor ffn = block.ffn_out(ops::linear_gelu_tanh(block.ffn_in, h));
    h = ops::add_normalize(x, ffn, blocks_[layer + 1].attention_norm, dtype);
  }
}

at::Tensor Gpt2::finish(AttendedRows rows) const {
  at::Tensor& x = rows.residual;
  if (blocks_.empty()) return ops::normalize(x, final_norm_, at::kFloat);
  const Block& block = blocks_.back();
  const at::Tensor h =
      ops::add_normalize(x, block.attention_out(rows.mixed), block.ffn_norm, activation_dtype(precision_));
  return ops::add_normalize(x, block.ffn_out(ops::linear_gelu_tanh(block.ffn_in, h)), final_norm_, at::kFloat);
}

RowPassModel Gpt2::row_pass_model() const {
  RowPassModel model{
      .config = &config_, .element = activation_element(precision_), .layers = {}, .final_norm = &final_norm_};
  for (const Block& block : blocks_)
    model.layers.push_back({.attention_norm = &block.attention_norm,
                            .ffn_norm = &block.ffn_norm,
                            .qkv = &block.qkv,
                            .attention_out = &block.attention_out,
                            .ffn_in = &block.ffn_in,
                            .ffn_out = &block.ffn_out});
  return model;
}

std::vector<Part> Gpt2::parts() const {
  Parts all;
  all.tensor("wte.weight", tokens_);
  all.tensor("wpe.weight", positions_);
  for (size_t layer = 0; layer < blocks_.size(); ++layer) {
    const std::string at = "h." + std::to_string(layer) + ".";
    const Block& block = blocks_[layer];
    all.norm(at + "ln_1", block.attention_norm);
    all.conv1d(at + "attn.c_attn", block.qkv);
    all.conv1d(at + "attn.c_proj", block.attention_out);
    all.norm(at + "ln_2", block.ffn_norm);
    all.conv1d(at + "mlp.c_fc", block.ffn_in);
    all.conv1d(at + "mlp.c_proj", block.ffn_out);
  }
  all.norm("ln_f", final_norm_);
  all.head("lm_head", head_, config_.tied_head);
  return all.take();
}

}  // namespace rmt::model
