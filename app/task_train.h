// rmt-lm task … train: a reader learns one of the paper's memory tasks, by a recipe.
#pragma once

#include "app/training.h"
#include "corpora/tasks/task.h"

namespace rmt::app {

/// Returns the program's exit code.
int train_task(corpora::TaskKind kind, const TrainingOptions& options);

}  // namespace rmt::app
