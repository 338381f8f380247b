// Several listeners of a training run as one.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lm/train/trainer.h"

namespace rmt::lm {

/// Passes everything on, in the order given. The listeners must outlive it.
class TrainListeners final : public TrainListener {
 public:
  explicit TrainListeners(std::vector<TrainListener*> listeners) : listeners_(std::move(listeners)) {}

  void on_step(const StepReport& step) override {
    for (TrainListener* listener : listeners_) listener->on_step(step);
  }
  void before_checkpoint() override {
    for (TrainListener* listener : listeners_) listener->before_checkpoint();
  }
  void on_checkpoint(const std::string& folder) override {
    for (TrainListener* listener : listeners_) listener->on_checkpoint(folder);
  }

 private:
  std::vector<TrainListener*> listeners_;
};

}  // namespace rmt::lm
