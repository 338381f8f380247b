// How a run begins, whatever its recipe trains: the model it starts from, the arithmetic it trains in, and whether the
// machine has room for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lm/open_model.h"
#include "lm/processes/process_place.h"
#include "lm/processes/processes.h"
#include "lm/train/learner.h"
#include "lm/train/stage.h"
#include "lm/train/train_checkpoint.h"
#include "lm/train/trained_reader.h"
#include "model/precision.h"

namespace rmt::app {

/// The folder of a new model, in the run's output folder: process 0 has it written unless it is there already.
std::string new_model(const std::string& output, lm::Processes& processes,
                      const std::function<void(const std::string& folder)>& write);

/// Opens `model` wrapped as the recipe says. Throws ProcessError(unlike) when the processes opened different ones.
template <class Recipe>
lm::LoadedModel open_start(const Recipe& recipe, const std::string& model, const std::string& models_folder,
                           lm::Processes& processes);

/// The recipe's dtype; where it leaves it open, the one the newest checkpoint was trained in, if the run is
/// resumed, else the faster one here, which on a GPU is bf16.
template <class Recipe>
model::Precision choose_precision(Recipe recipe, const model::BackboneConfig& config, bool resume);

/// Says so when the base has an adapter, which is trained on with its own rank and not the recipe's.
void warn_of_adapter(const lm::LoadedModel& opened, const lm::TrainedPart& trained);

/// Throws TrainError(memory) where this machine has not what the run would take.
template <class Recipe>
void require_memory(const Recipe& recipe, const lm::LoadedModel& opened, const lm::Learner& learner,
                    const lm::ProcessPlace& place);

// --- what these are made of ---

void require_memory(const lm::LoadedModel& opened, const lm::Learner& learner, model::Precision precision,
                    const std::vector<lm::Stage>& stages, const lm::ProcessPlace& place);

lm::LoadedModel open_for_all(const lm::OpenOptions& options, lm::Processes& processes);

/// The dtype with which `fingerprint_of` gives that of the newest checkpoint in the folder.
std::optional<model::Precision> dtype_so_far(const std::string& folder,
                                             const std::function<std::string(model::Precision)>& fingerprint_of);

model::Precision faster_here(const model::BackboneConfig& config);

template <class Recipe>
lm::LoadedModel open_start(const Recipe& recipe, const std::string& model, const std::string& models_folder,
                           lm::Processes& processes) {
  lm::OpenOptions open;
  open.model = model;
  open.models_folder = models_folder;
  open.memory_tokens = recipe.rmt.memory_tokens;
  open.segment_length = recipe.rmt.segment_length;
  open.positions = recipe.rmt.positions;
  open.scale = recipe.rmt.scale;
  open.memory_seed = recipe.settings.seed;
  open.grow_memory = true;
  return open_for_all(open, processes);
}

template <class Recipe>
model::Precision choose_precision(Recipe recipe, const model::BackboneConfig& config, bool resume) {
  if (recipe.precision) return *recipe.precision;
  std::optional<model::Precision> precision;
  if (resume)
    precision = dtype_so_far(recipe.settings.folder, [&](model::Precision tried) {
      recipe.trained.precision = tried;
      return fingerprint(recipe);
    });
  if (!precision && !recipe.trained.device.is_cpu()) return model::Precision::bf16;
  return precision ? *precision : faster_here(config);
}

template <class Recipe>
void require_memory(const Recipe& recipe, const lm::LoadedModel& opened, const lm::Learner& learner,
                    const lm::ProcessPlace& place) {
  if (!recipe.trained.device.is_cpu()) return;  // a GPU says so itself, and before anything was trained
  require_memory(opened, learner, recipe.trained.precision, recipe.settings.stages, place);
}

}  // namespace rmt::app
