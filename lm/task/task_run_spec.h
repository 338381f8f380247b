// What a training run on a memory task was, for the trace database.
#pragma once

#include <string>

#include "lm/open_model.h"
#include "lm/store/store.h"
#include "lm/task/task_recipe.h"

namespace rmt::lm {

/// As train_run_spec() of a language model's recipe; the task is in the configuration.
store::RunSpec train_run_spec(const TaskRecipe& recipe, const LoadedModel& opened, const std::string& version);

}  // namespace rmt::lm
