#include "model/backbones/bert.h"

#include <ATen/ops/add.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/unbind.h>

#include "model/backbones/layout.h"
#include "model/backbones/parameters.h"
#include "model/backbones/parts.h"
#include "model/error.h"
#include "model/ops/activation.h"

namespace rmt::model {

namespace {

std::string block_name(int64_t layer) {
  return "encoder.layer." + std::to_string(layer) + ".";
}

}  // namespace

Bert::Bert(const BackboneConfig& config, const WeightSource& weights) : Backbone(config) {
  const int64_t d = config.width;
  words_ = weights.load("embeddings.word_embeddings.weight", {config.vocab_size, d});
  positions_ = weights.load("embeddings.position_embeddings.weight", {config.max_positions, d});
  types_ = weights.load("embeddings.token_type_embeddings.weight", {config.type_vocab_size, d});
  embedding_norm_ = ParameterLoader{weights, config.norm_eps}.layer_norm("embeddings.LayerNorm", d);
  blocks_.reserve(static_cast<size_t>(config.layers));
  for (int64_t layer = 0; layer < config.layers; ++layer) blocks_.push_back(load_block(weights, layer));
}

Bert::Block Bert::load_block(const WeightSource& weights, int64_t layer) const {
  const int64_t d = config_.width, f = config_.ffn_width;
  const std::string at = block_name(layer);
  const ParameterLoader load{weights, config_.norm_eps};
  return {.qkv = load.stacked({at + "attention.self.query", at + "attention.self.key", at + "attention.self.value"}, d,
                              {d, d, d}, true),
          .attention_out = load.linear(at + "attention.output.dense", d, d, true),
          .attention_norm = load.layer_norm(at + "attention.output.LayerNorm", d),
          .ffn_in = load.linear(at + "intermediate.dense", d, f, true),
          .ffn_out = load.linear(at + "output.dense", f, d, true),
          .ffn_norm = load.layer_norm(at + "output.LayerNorm", d)};
}

at::Tensor Bert::embed(const at::Tensor& ids) const {
  return at::embedding(words_, ids).to(at::kFloat);
}

at::Tensor Bert::forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const {
  check_layout(config_, embeddings, layout, rows);
  const int64_t batch = embeddings.size(0), length = embeddings.size(1);
  const at::ScalarType dtype = activation_dtype(precision_);

  const at::Tensor offsets = at::add(at::embedding(positions_, positions_of(layout, embeddings)), types_.select(0, 0));
  at::Tensor x = ops::normalize(at::add(embeddings, offsets), embedding_norm_, at::kFloat);  // [B, S, D]
  if (blocks_.empty()) return take_rows(x, rows);

  at::Tensor h = x.to(dtype);
  for (size_t layer = 0; layer < blocks_.size(); ++layer) {
    const Block& block = blocks_[layer];
    const bool last = layer + 1 == blocks_.size();
    const RowRange out = last ? rows : RowRange{0, length};

    const auto qkv = at::unbind(block.qkv(h).view({batch, length, 3, config_.heads, config_.head_size}), 2);
    const at::Tensor mixed = attend(layout, layer, out, qkv[0], qkv[1], qkv[2]);  // [B, R, D]
    if (last) x = take_rows(x, rows);                                             // [B, R, D]
    // The norm stands after the addition here, so its output is the next residual.
    x = ops::add_normalize(x, block.attention_out(mixed), block.attention_norm, at::kFloat);
    const at::Tensor ffn = block.ffn_out(ops::gelu_erf(block.ffn_in(x.to(dtype))));
    x = ops::add_normalize(x, ffn, block.ffn_norm, at::kFloat);
    h = x.to(dtype);
  }
  return x;
}

const ops::Linear& Bert::head() const {
  throw Error(Errc::unsupported, "a BERT encoder has no language-model head: choose a GPT-2 or Llama model");
}

std::vector<Part> Bert::parts() const {
  const int64_t d = config_.width;
  Parts all;
  all.tensor("embeddings.word_embeddings.weight", words_);
  all.tensor("embeddings.position_embeddings.weight", positions_);
  all.tensor("embeddings.token_type_embeddings.weight", types_);
  all.norm("embeddings.LayerNorm", embedding_norm_);
  for (size_t layer = 0; layer < blocks_.size(); ++layer) {
    const std::string at = block_name(static_cast<int64_t>(layer)), self = at + "attention.self.";
    const Block& block = blocks_[layer];
    all.stacked(self + "qkv", block.qkv, {{self + "query", d}, {self + "key", d}, {self + "value", d}});
    all.linear(at + "attention.output.dense", block.attention_out);
    all.norm(at + "attention.output.LayerNorm", block.attention_norm);
    all.linear(at + "intermediate.dense", block.ffn_in);
    all.linear(at + "output.dense", block.ffn_out);
    all.norm(at + "output.LayerNorm", block.ffn_norm);
  }
  return all.take();
}

}  // namespace rmt::model
