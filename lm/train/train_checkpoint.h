// The folder a killed training run goes on from:
//
//   step-000400/   the model as Learner::save() writes it, usable by every command
//     optimizer.safetensors   moments of every parameter
//     training.toml           where the run stands, and the recipe's fingerprint
//
// A checkpoint is written beside its place and moved there whole. Everything random in a run is drawn from the seed
// and the number of the step, so no generator's state needs to be kept.
#pragma once

#include <optional>
#include <string>

#include "lm/train/learner.h"

namespace rmt::lm {

/// Writes `folder`/step-NNNNNN and drops the oldest so that `keep` remain. Returns its path. Throws model::Error(io);
/// the checkpoints that were there remain then.
std::string write_checkpoint(const std::string& folder, const Learner& learner, const AdamW& optimizer,
                             const Position& at, const std::string& fingerprint, int64_t keep);

/// The newest complete checkpoint's path.
std::optional<std::string> newest_checkpoint(const std::string& folder);

/// The fingerprint of the recipe that made a checkpoint. Throws model::Error: malformed.
std::string checkpoint_fingerprint(const std::string& path);

/// Takes learner and optimizer back to where they were. Throws model::Error: mismatch when the checkpoint is
/// of another recipe, malformed.
Position read_checkpoint(const std::string& path, Learner& learner, AdamW& optimizer, const std::string& fingerprint);

}  // namespace rmt::lm
