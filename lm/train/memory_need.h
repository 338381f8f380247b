// What a training run takes of a machine's memory, told before its first step instead of by the kernel in the middle.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lm/train/stage.h"
#include "model/config.h"
#include "model/precision.h"
#include "model/rmt/rmt_config.h"

namespace rmt::lm {

/// Bytes beyond the model that has been opened: an estimate, within a third of what was measured for models of 21 M
/// to 135 M.
struct MemoryNeed {
  int64_t optimizer = 0;    ///< gradients and two moments of what is trained
  int64_t activations = 0;  ///< of one segment of the stage's largest share of a batch; of others only states are kept
  size_t stage = 0;         ///< whose activations these are: the largest

  int64_t total() const { return optimizer + activations; }
};

/// Of the worst of `stages`, in one of `processes`; `trained` numbers change.
MemoryNeed memory_need(const model::BackboneConfig& config, const model::RmtConfig& rmt, model::Precision precision,
                       int64_t trained, const std::vector<Stage>& stages, int64_t processes);

/// Bytes this process may still take: what the kernel has to give, or what its control group allows. Nothing where
/// neither can be read.
std::optional<int64_t> available_memory();

/// Throws TrainError(memory) with what to change, where the need is more than there is.
void require_memory(const MemoryNeed& need, int64_t available);

}  // namespace rmt::lm
