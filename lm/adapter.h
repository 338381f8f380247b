// A low-rank adapter (LoRA, Hu et al. 2021): a small change to every linear layer of a backbone, trained and shipped
// without the backbone.
#pragma once

#include <cstdint>
#include <string>

#include "model/backbone.h"

namespace rmt::lm {

struct Adapter {
  int64_t rank = 0;
  double alpha = 0;               ///< the change is alpha / rank * up * down
  model::NamedTensors tensors{};  ///< "<layer>.down" [rank, in] and "<layer>.up" [out, rank]
};

/// One that changes nothing yet: `down` drawn from `seed` as torch.nn.Linear draws, `up` zero.
Adapter new_adapter(model::Backbone& backbone, int64_t rank, double alpha, uint64_t seed);

/// Puts the adapter on the backbone's layers, which share its tensors. Throws model::Error(mismatch), naming the
/// tensor, when the two do not belong together. `where` names the adapter in messages.
void attach(model::Backbone& backbone, const Adapter& adapter, const std::string& where);

/// The same as attach(), made part of the weights.
void merge(model::Backbone& backbone, const Adapter& adapter, const std::string& where);

}  // namespace rmt::lm
