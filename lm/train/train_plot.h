// How a training run went, as a picture: loss by step, loss by segment, learning rate.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lm/eval/svg_chart.h"
#include "lm/store/store.h"
#include "lm/train/trainer.h"

namespace rmt::lm {

/// Keeps the steps it is told of.
class StepCollector final : public TrainListener {
 public:
  void on_step(const StepReport& step) override;
  const std::vector<store::TrainStepRow>& steps() const { return steps_; }

 private:
  std::vector<store::TrainStepRow> steps_;
};

struct TrainPlotNames {
  std::string title, subtitle;
  std::vector<std::string> notes;
};

/// Long runs are drawn as means over equal stretches of steps. A curve is a running mean, over the steps that had the
/// segment; of many segments a few are drawn, first and last among them.
Chart train_chart(std::span<const store::TrainStepRow> steps, const TrainPlotNames& names);

}  // namespace rmt::lm
