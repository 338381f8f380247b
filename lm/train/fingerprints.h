// What decides the numbers of a run, as JSON to be hashed; and what cannot work in any curriculum.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lm/train/trained_reader.h"
#include "lm/train/trainer.h"

namespace rmt::lm {

nlohmann::json to_json(const model::BackboneConfig& config);
nlohmann::json to_json(const model::RmtConfig& wrapper);
nlohmann::json to_json(const TrainedPart& trained);
/// Without what changes no number: folders, and how often checkpoints are written.
nlohmann::json to_json(const TrainSettings& settings);

/// A sentence for each thing that is wrong with the stages or the optimizer.
std::vector<std::string> problems(const TrainSettings& settings);

}  // namespace rmt::lm
