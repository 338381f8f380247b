// The parts of a training run's description that every kind of run shares. Keys are named as in a recipe.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lm/open_model.h"
#include "lm/store/store.h"
#include "lm/train/trained_reader.h"
#include "lm/train/trainer.h"

namespace rmt::lm {

/// [trained], the stages, the optimizer and what else decides the numbers. How often checkpoints are written does not.
nlohmann::json described(const TrainSettings& settings, const TrainedPart& trained);

/// [model]'s wrapper.
nlohmann::json described_wrapper(const model::RmtConfig& rmt);

/// What `config` describes, trained from `opened` by rmt-lm `version`.
store::RunSpec train_run_spec(const nlohmann::json& config, const LoadedModel& opened, const TrainedPart& trained,
                              const std::string& version);

}  // namespace rmt::lm
