// One row of each of several streams through all layers of a decoder, in one piece: at one row a product is over in
// microseconds, and to hand each step out to the threads anew would take as long as the steps.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/backbone.h"
#include "model/ops/attention.h"
#include "model/ops/norm.h"

namespace rmt::model {

/// A decoder's layers as the pass goes through them, in the pre-norm order GPT-2 and Llama share.
struct RowPassLayer {
  const ops::Norm *attention_norm = nullptr, *ffn_norm = nullptr;
  const ops::Linear* qkv = nullptr;            ///< [D] -> [(H + 2G) K]: queries, keys, values
  const ops::Linear* attention_out = nullptr;  ///< [H K] -> [D]
  const ops::Linear* ffn_in = nullptr;         ///< [D] -> [F], or [2F] where gated
  const ops::Linear* ffn_out = nullptr;        ///< [F] -> [D]
};

struct RowPassModel {
  const BackboneConfig* config = nullptr;
  kernels::Element element = kernels::Element::fp32;  ///< of activations between products
  std::vector<RowPassLayer> layers;
  const ops::Norm* final_norm = nullptr;
  const ops::Rope* rope = nullptr;  ///< null: positions are in the embeddings
  bool gated = false;               ///< SwiGLU, else GELU
};

/// Whether a batch of embeddings [B, S, D] is one the pass is for: one row a stream, each with a cache of its own,
/// weights packed, no gradients.
bool is_row_pass(const at::Tensor& embeddings, const RowLayout& layout, const RowPassModel& model);

/// x [B, D] fp32, positions included where they are learned; changed. -> hidden states [B, D] fp32 after the final
/// norm, bit for bit those of the layers one by one.
at::Tensor row_pass(const RowPassModel& model, const at::Tensor& x, const RowLayout& layout);

}  // namespace rmt::model
