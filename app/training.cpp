#include "app/training.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "app/device_option.h"
#include "app/exit_code.h"
#include "app/stop_signal.h"
#include "lm/flops.h"
#include "lm/train/train_listeners.h"
#include "lm/train/train_plot.h"
#include "lm/train/train_progress.h"
#include "lm/train/train_records.h"
#include "model/weights/atomic_file.h"

namespace rmt::app {
namespace {

std::unique_ptr<lm::TrainRecords> open_records(const store::RunSpec& spec, const TrainingOptions& options) {
  if (options.db.empty()) return nullptr;
  auto records = std::make_unique<lm::TrainRecords>(options.db, spec, options.resume);
  if (records->run()) spdlog::info("Going on with run {} of {}", *records->run(), options.db);
  return records;
}

/// Trains with every step told to all who asked.
lm::TrainOutcome train_listened(const Training& training, lm::Processes& processes, bool resume,
                                lm::TrainProgress& progress, lm::StepCollector& collector, lm::TrainRecords* records) {
  std::vector<lm::TrainListener*> listeners{&progress, &collector};
  if (records != nullptr) listeners.push_back(records);
  lm::TrainListeners all(listeners);
  try {
    const lm::TrainOutcome outcome =
        train(training.learner, training.batches, training.settings, processes, resume, all, stop_requested);
    progress.clear();
    if (records != nullptr)
      records->end(outcome == lm::TrainOutcome::finished ? store::RunStatus::finished : store::RunStatus::interrupted);
    return outcome;
  } catch (...) {
    progress.clear();
    if (records != nullptr) records->end_failed();
    throw;
  }
}

void write_plot(const Training& training, const TrainingOptions& options,
                const std::vector<store::TrainStepRow>& steps) {
  if (steps.empty()) {
    spdlog::warn("There was no step to draw; {} is left as it is", options.plot);
    return;
  }
  const lm::LoadedModel& opened = training.opened;
  lm::TrainPlotNames names;
  names.title = std::filesystem::path(options.recipe).filename().string();
  names.subtitle =
      fmt::format("{}; segments of {} tokens, {} memory tokens; steps {} to {}", opened.name, opened.rmt.segment_length,
                  opened.rmt.memory_tokens, steps.front().step, steps.back().step);
  names.notes = {fmt::format("model sha256 {:.16}, {} on {}, seed {}", opened.sha256, model::name(training.precision),
                             training.device.str(), training.settings.seed)};
  model::AtomicFile file(options.plot);
  file.write(lm::to_svg(lm::train_chart(steps, names)));
  file.commit();
}

}  // namespace

void add_training_options(CLI::App& command, TrainingOptions& options) {
  command.add_option("RECIPE", options.recipe, "A recipe in TOML; recipes/ has some, recipes/README.md all keys")
      ->required();
  command.add_flag("--resume", options.resume, "Go on from the newest checkpoint in the recipe's output folder");
  command.add_flag("--json", options.json, "One JSON object a step on standard output");
  command.add_option("--db", options.db, "Record every step in this trace database")->type_name("FILE");
  command.add_option("--plot", options.plot, "Draw loss by step and by segment, and the learning rate, as SVG")
      ->type_name("FILE");
  command.add_option("--threads", options.threads, "Threads [the cores this process may use]")
      ->check(CLI::Range(1, 4096))
      ->default_str("");
  command.add_option("--models", options.models, "Folder of the bundled models");
  add_device_option(command, options.device);
}

double flops_per_token(const lm::LoadedModel& opened, const lm::TrainedPart& trained) {
  const model::BackboneConfig& config = opened.backbone->config();
  if (!config.is_decoder()) return 0;
  const auto which = trained.method == lm::Method::full ? lm::TrainedWeights::all : lm::TrainedWeights::few;
  const int64_t length = opened.rmt.segment_length;
  return lm::training_flops(lm::shape_of(config, opened.name), length, opened.rmt.memory_tokens, which) /
         static_cast<double>(length);
}

int train_on_record(const Training& training, lm::Processes& processes, const TrainingOptions& options) {
  const bool first = processes.rank() == 0;
  std::filesystem::create_directories(training.settings.folder);
  const auto records = first ? open_records(training.spec, options) : nullptr;
  lm::TrainProgress progress({.terminal = isatty(STDERR_FILENO) == 1,
                              .json = options.json,
                              .accuracy = training.accuracy,
                              .flops_per_token = training.flops_per_token,
                              .peak_flops = peak_flops(training.device) * static_cast<double>(processes.count()),
                              .total_steps = total_steps(training.settings.stages)});
  lm::StepCollector collector;
  const lm::TrainOutcome outcome =
      train_listened(training, processes, options.resume, progress, collector, records.get());
  if (first && !options.plot.empty()) write_plot(training, options, records ? records->steps() : collector.steps());
  if (outcome == lm::TrainOutcome::finished) return kOk;
  spdlog::warn("Interrupted; --resume goes on from the checkpoint in {}", training.settings.folder);
  return kInterrupted;
}

}  // namespace rmt::app
