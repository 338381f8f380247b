#include "model/backbones/llama.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/split_with_sizes.h>

#include "model/backbones/layout.h"
#include "model/backbones/parameters.h"
#include "model/backbones/parts.h"
#include "model/backbones/row_pass.h"
#include "model/ops/activation.h"

namespace rmt::model {

namespace {

std::string block_name(int64_t layer) {
  return "model.layers." + std::to_string(layer) + ".";
}

}  // namespace

Llama::Llama(const BackboneConfig& config, const WeightSource& weights) : Backbone(config) {
  const int64_t d = config.width;
  tokens_ = weights.load("model.embed_tokens.weight", {config.vocab_size, d});
  rope_ = ops::make_rope(config.max_positions, config.head_size, config.rope_theta);
  blocks_.reserve(static_cast<size_t>(config.layers));
  for (int64_t layer = 0; layer < config.layers; ++layer) blocks_.push_back(load_block(weights, layer));
  final_norm_ = ParameterLoader{weights, config.norm_eps}.rms_norm("model.norm", d);
  head_ = ops::Linear(config.tied_head ? tokens_ : weights.load("lm_head.weight", {config.vocab_size, d}));
}

Llama::Block Llama::load_block(const WeightSource& weights, int64_t layer) const {
  const int64_t d = config_.width, f = config_.ffn_width;
  const int64_t q = config_.heads * config_.head_size, kv = config_.kv_heads * config_.head_size;
  const std::string at = block_name(layer);
  const ParameterLoader load{weights, config_.norm_eps};
  return {.attention_norm = load.rms_norm(at + "input_layernorm", d),
          .ffn_norm = load.rms_norm(at + "post_attention_layernorm", d),
          .qkv = load.stacked({at + "self_attn.q_proj", at + "self_attn.k_proj", at + "self_attn.v_proj"}, d,
                              {q, kv, kv}, config_.qkv_bias),
          .attention_out = load.linear(at + "self_attn.o_proj", q, d, false),
          .gate_up = load.stacked({at + "mlp.gate_proj", at + "mlp.up_proj"}, d, {f, f}, false),
          .ffn_out = load.linear(at + "mlp.down_proj", f, d, false)};
}

at::Tensor Llama::embed(const at::Tensor& ids) const {
  return at::embedding(tokens_, ids).to(at::kFloat);
}

void Llama::move_tables(const at::Device& device) {
  rope_ = {rope_.cosine.to(device), rope_.sine.to(device)};
}

at::Tensor Llama::forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const {
  check_layout(config_, embeddings, layout, rows);
  if (const RowPassModel pass = row_pass_model(); is_row_pass(embeddings, layout, pass))
    return row_pass(pass, embeddings.clone().squeeze(1), layout).unsqueeze(1);
  return finish(attended(embeddings, layout, rows));
}

AttendedRows Llama::attended(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const {
  const int64_t batch = embeddings.size(0), length = embeddings.size(1);
  const int64_t h_q = config_.heads, h_kv = config_.kv_heads;
  const at::ScalarType dtype = activation_dtype(precision_);
  const at::Tensor positions = positions_of(layout, embeddings);
  if (blocks_.empty()) return {take_rows(embeddings, rows), {}};

  at::Tensor x = embeddings.clone();  // [B, S, D]; the sub-layers below add to it in place
  at::Tensor h = ops::normalize(x, blocks_.front().attention_norm, dtype);
  for (size_t layer = 0;; ++layer) {
    const Block& block = blocks_[layer];
    const bool last = layer + 1 == blocks_.size();
    const RowRange out = last ? rows : RowRange{0, length};

    const at::Tensor qkv = block.qkv(h).view({batch, length, h_q + 2 * h_kv, config_.head_size});
    // q and k rotated together. (Split, not narrowed: backwards the parts are then put together in one pass.)
    const auto parts = at::split_with_sizes(ops::rotate_first(qkv, h_q + h_kv, rope_, positions), {h_q, h_kv, h_kv}, 2);
    const at::Tensor mixed = attend(layout, layer, out, parts[0], parts[1], parts[2]);  // [B, R, H*K]
    if (last) return {take_rows(x, rows), mixed};
    h = ops::add_normalize(x, block.attention_out(mixed), block.ffn_norm, dtype);
    const at::Tensor ffn = block.ffn_out(ops::swiglu(block.gate_up(h)));
    h = ops::add_normalize(x, ffn, blocks_[layer + 1].attention_norm, dtype);
  }
}

at::Tensor Llama::finish(AttendedRows rows) const {
  at::Tensor& x = rows.residual;
  if (blocks_.empty()) return ops::normalize(x, final_norm_, at::kFloat);
  const Block& block = blocks_.back();
  const at::Tensor h =
      ops::add_normalize(x, block.attention_out(rows.mixed), block.ffn_norm, activation_dtype(precision_));
  return ops::add_normalize(x, block.ffn_out(ops::swiglu(block.gate_up(h))), final_norm_, at::kFloat);
}

RowPassModel Llama::row_pass_model() const {
  RowPassModel model{.config = &config_,
                     .element = activation_element(precision_),
                     .layers = {},
                     .final_norm = &final_norm_,
                     .rope = &rope_,
                     .gated = true};
  for (const Block& block : blocks_)
    model.layers.push_back({.attention_norm = &block.attention_norm,
                            .ffn_norm = &block.ffn_norm,
                            .qkv = &block.qkv,
                            .attention_out = &block.attention_out,
                            .ffn_in = &block.gate_up,
                            .ffn_out = &block.ffn_out});
  return model;
}

std::vector<Part> Llama::parts() const {
  const int64_t q = config_.heads * config_.head_size, kv = config_.kv_heads * config_.head_size, f = config_.ffn_width;
  Parts all;
  all.tensor("model.embed_tokens.weight", tokens_);
  for (size_t layer = 0; layer < blocks_.size(); ++layer) {
    const std::string at = block_name(static_cast<int64_t>(layer));
    const Block& block = blocks_[layer];
    all.norm(at + "input_layernorm", block.attention_norm);
    all.stacked(at + "self_attn.qkv", block.qkv,
                {{at + "self_attn.q_proj", q}, {at + "self_attn.k_proj", kv}, {at + "self_attn.v_proj", kv}});
    all.linear(at + "self_attn.o_proj", block.attention_out);
    all.norm(at + "post_attention_layernorm", block.ffn_norm);
    all.stacked(at + "mlp.gate_up", block.gate_up, {{at + "mlp.gate_proj", f}, {at + "mlp.up_proj", f}});
    all.linear(at + "mlp.down_proj", block.ffn_out);
  }
  all.norm("model.norm", final_norm_);
  all.head("lm_head", head_, config_.tied_head);
  return all.take();
}

}  // namespace rmt::model
