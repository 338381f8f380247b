// Training a memory task, as a value: the task, the model, and the stages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lm/task/task_model.h"
#include "lm/train/trained_reader.h"
#include "lm/train/trainer.h"

namespace rmt::lm {

struct TaskRecipe {
  TaskDescription task{};
  std::vector<std::string> background{};  ///< documents; empty: generated text

  std::string base;                              ///< a model as --model takes it; empty: `fresh`
  std::optional<model::BackboneConfig> fresh{};  ///< a model from nothing, but for its vocabulary's size
  int32_t vocabulary = 2000;                     ///< of a new model's sentencepiece vocabulary, made of the tasks' text
  model::RmtConfig rmt{.segment_length = 499};

  TrainedPart trained{.method = Method::full};
  std::optional<model::Precision> precision{};  ///< not given: whichever is faster here
  TrainSettings settings{};
};

/// Everything that cannot work, a sentence each.
std::vector<std::string> problems(const TaskRecipe& recipe);
std::string fingerprint(const TaskRecipe& recipe);

}  // namespace rmt::lm
