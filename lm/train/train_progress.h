// How far a training run is: a line that rewrites itself on a terminal, a line every ten seconds elsewhere, and on
// request one JSON object a step for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lm/train/trainer.h"

namespace rmt::lm {

class TrainProgress final : public TrainListener {
 public:
  struct Options {
    bool terminal = false;       ///< standard error is one
    bool json = false;           ///< every step to standard output
    bool accuracy = false;       ///< is worth showing
    double flops_per_token = 0;  ///< of a step, nothing counted twice; 0: not known
    double peak_flops = 0;       ///< the device's, in a second; 0: not known
    int64_t total_steps = 0;
  };

  explicit TrainProgress(const Options& options) : options_(options) {}

  void on_step(const StepReport& step) override;
  void on_checkpoint(const std::string& folder) override;

  /// Takes the line off the terminal.
  void clear();

 private:
  void show(const StepReport& step);

  Options options_;
  double loss_ = 0, accuracy_ = 0, rate_ = 0;  // running means
  double seconds_ = 0, shown_ = 0;             // of steps, since the start
  int64_t steps_ = 0;
  bool line_shown_ = false;
};

/// A step as --json prints it.
nlohmann::ordered_json to_json(const StepReport& step, const TrainProgress::Options& options);

}  // namespace rmt::lm
