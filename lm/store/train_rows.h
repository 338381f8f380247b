// The steps of training as rows: written over those of a run that was killed, and read back.
#pragma once

#include <span>
#include <vector>

#include "lm/store/sqlite_handle.h"
#include "lm/store/store.h"

namespace rmt::store {

/// Inside the caller's transaction. `steps` is not empty. Throws std::invalid_argument for rows that break the schema.
void replace_train_steps(const Database& database, int64_t run, std::span<const TrainStepRow> steps);

std::vector<TrainStepRow> read_train_steps(const Database& database, int64_t run);

}  // namespace rmt::store
