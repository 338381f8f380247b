// The training loop: batch by batch through the curriculum, with checkpoints that a killed run goes on from as if
// nothing had happened.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lm/processes/processes.h"
#include "lm/train/bptt.h"
#include "lm/train/learner.h"

namespace rmt::lm {

struct TrainSettings {
  uint64_t seed = 0;
  std::vector<Stage> stages;
  AdamWOptions adamw;
  std::optional<double> clip_norm, clip_value;
  bool recompute = true;    ///< see Bptt
  double memory_noise = 0;  ///< see Bptt
  std::string folder;       ///< of the checkpoints
  int64_t checkpoint_every = 100;
  int64_t keep = 2;         ///< checkpoints that stay
  std::string fingerprint;  ///< of the recipe: what a checkpoint must have been made by to be resumed
};

/// One step of the optimizer.
struct StepReport {
  Position at;  ///< of the step just done
  int64_t segments = 0;
  double loss = 0;                 ///< mean over the targets, in nats
  std::vector<double> by_segment;  ///< the same by segment; NaN where a segment has no targets of its own
  double accuracy = 0;             ///< share of targets hit, where the objective counts them
  double gradient_norm = 0, learning_rate = 0;
  int64_t tokens = 0;
  double seconds = 0;
};

class TrainListener {
 public:
  virtual ~TrainListener() = default;
  virtual void on_step(const StepReport& step) = 0;
  /// What was told so far will not be told again once the checkpoint is there.
  virtual void before_checkpoint() {}
  virtual void on_checkpoint(const std::string& /*folder*/) {}
};

enum class TrainOutcome { finished, interrupted };

/// Trains from the newest checkpoint in the folder, if `resume` and there is one, else from the start. Ends with a
/// checkpoint, also when `stop` becomes true.
/// Throws TrainError(diverged) naming the last good checkpoint, TrainError(recipe) when it is to start afresh in a
/// folder that holds checkpoints, ProcessError(lost), model::Error from writing (what was there before stays),
/// mismatch for a checkpoint of another recipe.
TrainOutcome train(Learner& learner, Batches& batches, const TrainSettings& settings, Processes& processes, bool resume,
                   TrainListener& listener, const std::function<bool()>& stop);

}  // namespace rmt::lm
