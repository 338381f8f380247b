// What a training run was, for the trace database: enough to repeat it, and to tell it from another.
#pragma once

#include <string>

#include "lm/open_model.h"
#include "lm/store/store.h"
#include "lm/train/recipe.h"

namespace rmt::lm {

/// `opened` is the recipe's model, `version` that of rmt-lm. The recipe's fingerprint and dtype must have been decided.
store::RunSpec train_run_spec(const Recipe& recipe, const LoadedModel& opened, const std::string& version);

}  // namespace rmt::lm
