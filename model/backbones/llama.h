// The Llama family (Touvron et al. 2023; SmolLM2 and Qwen2 among it): rotary positions, RMS norm,
// grouped-query attention, SwiGLU.
#pragma once

#include <vector>

#include "model/backbone.h"
#include "model/ops/attention.h"
#include "model/ops/norm.h"

namespace rmt::model {

struct RowPassModel;

class Llama final : public Backbone {
 public:
  Llama(const BackboneConfig& config, const WeightSource& weights);

  at::Tensor embed(const at::Tensor& ids) const override;
  at::Tensor forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const override;
  AttendedRows attended(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const override;
  at::Tensor finish(AttendedRows rows) const override;
  const ops::Linear& head() const override { return head_; }
  const at::Tensor& embedding_table() const override { return tokens_; }

 protected:
  std::vector<Part> parts() const override;
  void move_tables(const at::Device& device) override;

 private:
  RowPassModel row_pass_model() const;

  struct Block {
    ops::Norm attention_norm, ffn_norm;
    ops::Linear qkv;            // [D] -> [(H + 2G) K]: q_proj, k_proj, v_proj as one product
    ops::Linear attention_out;  // [H K] -> [D]
    ops::Linear gate_up;        // [D] -> [2F]: gate_proj and up_proj as one product
    ops::Linear ffn_out;        // [F] -> [D]
  };

  Block load_block(const WeightSource& weights, int64_t layer) const;

  at::Tensor tokens_;  // [V, D]
  ops::Rope rope_;
  std::vector<Block> blocks_;
  ops::Norm final_norm_;
  ops::Linear head_;
};

}  // namespace rmt::model
