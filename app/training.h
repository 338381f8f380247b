// What the commands that train have in common: their options, and a run that is told to whoever asked - the terminal,
// JSON lines, a database, a picture.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "lm/open_model.h"
#include "lm/processes/processes.h"
#include "lm/store/store.h"
#include "lm/train/learner.h"
#include "lm/train/trained_reader.h"
#include "lm/train/trainer.h"
#include "model/precision.h"

namespace rmt::app {

struct TrainingOptions {
  std::string recipe, models, db, plot, device = "cpu";
  bool resume = false, json = false;
  int threads = 0;
};

/// Gives `command` its options; `options` must live as long as it.
void add_training_options(CLI::App& command, TrainingOptions& options);

/// A run about to begin. All references must outlive it.
struct Training {
  lm::Learner& learner;
  lm::Batches& batches;
  const lm::TrainSettings& settings;
  const lm::LoadedModel& opened;
  model::Precision precision;
  store::RunSpec spec;    ///< for the database
  bool accuracy = false;  ///< is worth showing
  at::Device device = at::kCPU;
  double flops_per_token = 0;  ///< of a step, for MFU; 0: not counted
};

/// What a step costs of a decoder, by token; 0 for an encoder, whose text sees itself both ways.
double flops_per_token(const lm::LoadedModel& opened, const lm::TrainedPart& trained);

/// Trains to the end, or until a signal; returns the program's exit code. Whatever ends the run, its records say how it
/// ended. Throws what lm::train() throws, and store::Error.
int train_on_record(const Training& training, lm::Processes& processes, const TrainingOptions& options);

}  // namespace rmt::app
