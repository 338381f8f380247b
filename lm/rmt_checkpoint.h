// An rmt-lm checkpoint: what the recurrent wrapper adds to a backbone, in a folder.
//
//   rmt_config.json         {"format": 1, "memory_tokens": 10, "segment_length": 512,
//                            "text_positions": "shifted" | "pretrained",
//                            "memory_scale": "written" | "initial",  absent: "written"
//                            "base": {"model": "smollm2-135m", "sha256": "…"},
//                            "adapter": {"rank": 16, "alpha": 32}, "own_weights": true,
//                            "memory_carried": false}  absent: true
//   rmt_memory.safetensors  "memory" [M, D]: the learned initial memory
//   rmt_adapter.safetensors with "adapter": its tensors (lm/adapter.h)
//   rmt_weights.safetensors with "own_weights": all the backbone's tensors, in place of the base's
//
// With "base" the backbone is that model, a path (relative ones start at the folder) or a bundled name,
// and must have that sha256. Without it the folder also holds the backbone, as a Hugging Face folder.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "lm/adapter.h"
#include "model/rmt/rmt_config.h"

namespace rmt::lm {

struct CheckpointBase {
  std::string model;
  std::string sha256;  ///< of its weights
};

struct RmtCheckpoint {
  model::RmtConfig rmt;
  std::optional<CheckpointBase> base;
  at::Tensor memory;                                 ///< [M, D] fp32
  std::optional<Adapter> adapter{};                  ///< fp32; needs a base
  std::optional<model::NamedTensors> own_weights{};  ///< by their checkpoint names; needs a base
  bool carried =
      true;  ///< trained on rows of several segments; else what is handed on from one to the next means nothing
  std::string sha256{};  ///< of all files but the config; filled by reading
};

/// True for a folder with an rmt_config.json.
bool is_rmt_checkpoint(const std::string& path);

/// Throws model::Error: not_found, malformed (naming the field), mismatch, and what reading safetensors
/// throws. Unknown fields are refused.
RmtCheckpoint read_rmt_checkpoint(const std::string& folder);

/// Writes the files, tensors in `dtype`; each appears whole or not at all. Throws model::Error(io).
void write_rmt_checkpoint(const std::string& folder, const RmtCheckpoint& checkpoint,
                          at::ScalarType dtype = at::kFloat);

}  // namespace rmt::lm
