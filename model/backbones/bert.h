// BERT (Devlin et al. 2019): both directions, layer norm after each sub-layer, erf-GELU, no head.
#pragma once

#include <vector>

#include "model/backbone.h"
#include "model/ops/norm.h"

namespace rmt::model {

class Bert final : public Backbone {
 public:
  Bert(const BackboneConfig& config, const WeightSource& weights);

  at::Tensor embed(const at::Tensor& ids) const override;
  at::Tensor forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const override;
  const ops::Linear& head() const override;
  const at::Tensor& embedding_table() const override { return words_; }

 protected:
  std::vector<Part> parts() const override;

 private:
  struct Block {
    ops::Linear qkv, attention_out;  // query, key, value as one product: [D] -> [3D]; [D] -> [D]
    ops::Norm attention_norm;
    ops::Linear ffn_in, ffn_out;  // [D] -> [F], [F] -> [D]
    ops::Norm ffn_norm;
  };

  Block load_block(const WeightSource& weights, int64_t layer) const;

  at::Tensor words_;      // [V, D]
  at::Tensor positions_;  // [max_positions, D]
  at::Tensor types_;      // [token types, D]; every row of a segment has type 0
  ops::Norm embedding_norm_;
  std::vector<Block> blocks_;
};

}  // namespace rmt::model
