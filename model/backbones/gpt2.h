// GPT-2 (Radford et al. 2019): learned positions, layer norm before each sub-layer, tanh-GELU.
#pragma once

#include <vector>

#include "model/backbone.h"
#include "model/ops/norm.h"

namespace rmt::model {

struct RowPassModel;

class Gpt2 final : public Backbone {
 public:
  Gpt2(const BackboneConfig& config, const WeightSource& weights);

  at::Tensor embed(const at::Tensor& ids) const override;
  at::Tensor forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const override;
  AttendedRows attended(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const override;
  at::Tensor finish(AttendedRows rows) const override;
  const ops::Linear& head() const override { return head_; }
  const at::Tensor& embedding_table() const override { return tokens_; }

 protected:
  std::vector<Part> parts() const override;

 private:
  struct Block {
    ops::Norm attention_norm, ffn_norm;
    ops::Linear qkv, attention_out;  // [D] -> [3D], [D] -> [D]
    ops::Linear ffn_in, ffn_out;     // [D] -> [F], [F] -> [D]
  };

  RowPassModel row_pass_model() const;
  at::Tensor with_positions(const at::Tensor& embeddings, const RowLayout& layout) const;

  at::Tensor tokens_;     // [V, D]
  at::Tensor positions_;  // [max_positions, D]
  std::vector<Block> blocks_;
  ops::Norm final_norm_;
  ops::Linear head_;
};

}  // namespace rmt::model
