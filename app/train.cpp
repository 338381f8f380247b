// rmt-lm train: a recipe becomes a recurrent reader.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/launched.h"
#include "app/recipe_start.h"
#include "app/stop_signal.h"
#include "app/train_recipe.h"
#include "lm/new_model.h"
#include "lm/train/decoder_learner.h"
#include "lm/train/document_batches.h"
#include "lm/train/train_listeners.h"
#include "lm/train/train_plot.h"
#include "lm/train/train_progress.h"
#include "lm/train/train_records.h"
#include "lm/train/train_run_spec.h"
#include "model/keep_memory.h"
#include "model/threads.h"
#include "model/weights/atomic_file.h"
#include "model/weights/mapped_file.h"

namespace rmt::app {
namespace {

struct TrainOptions {
  std::string recipe, models, db, plot;
  bool resume = false, json = false;
  int threads = 0;
};

/// The model a recipe starts from; a new one is written into the output folder first.
std::string starting_model(const lm::Recipe& recipe, lm::Processes& processes) {
  if (!recipe.fresh) return recipe.base;
  return new_model(recipe.settings.folder, processes, [&](const std::string& folder) {
    constexpr size_t kMostBytes = size_t{64} << 20;
    lm::write_new_model(folder, recipe.fresh->config, model::read_text_file(recipe.fresh->tokenizer, kMostBytes),
                        recipe.settings.seed);
  });
}

std::unique_ptr<lm::TrainRecords> open_records(const lm::Recipe& recipe, const lm::LoadedModel& opened,
                                               const TrainOptions& options) {
  if (options.db.empty()) return nullptr;
  auto records =
      std::make_unique<lm::TrainRecords>(options.db, train_run_spec(recipe, opened, RMTLM_VERSION), options.resume);
  if (records->run()) spdlog::info("Going on with run {} of {}", *records->run(), options.db);
  return records;
}

/// Trains with every step told to all who asked; whatever ends it, the records say how it ended.
lm::TrainOutcome train_on_record(lm::Learner& learner, lm::Batches& batches, const lm::TrainSettings& settings,
                                 lm::Processes& processes, bool resume, lm::TrainProgress& progress,
                                 lm::StepCollector& collector, lm::TrainRecords* records) {
  std::vector<lm::TrainListener*> listeners{&progress, &collector};
  if (records != nullptr) listeners.push_back(records);
  lm::TrainListeners all(listeners);
  try {
    const lm::TrainOutcome outcome = train(learner, batches, settings, processes, resume, all, stop_requested);
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

void write_plot(const TrainOptions& options, const lm::Recipe& recipe, const lm::LoadedModel& opened,
                const std::vector<store::TrainStepRow>& steps) {
  if (steps.empty()) {
    spdlog::warn("There was no step to draw; {} is left as it is", options.plot);
    return;
  }
  lm::TrainPlotNames names;
  names.title = std::filesystem::path(options.recipe).filename().string();
  names.subtitle =
      fmt::format("{}; segments of {} tokens, {} memory tokens; steps {} to {}", opened.name, opened.rmt.segment_length,
                  opened.rmt.memory_tokens, steps.front().step, steps.back().step);
  names.notes = {fmt::format("model sha256 {:.16}, {} on cpu, seed {}", opened.sha256,
                             model::name(recipe.trained.precision), recipe.settings.seed)};
  model::AtomicFile file(options.plot);
  file.write(lm::to_svg(lm::train_chart(steps, names)));
  file.commit();
}

int run(const TrainOptions& options) {
  lm::Recipe recipe = read_recipe(options.recipe);
  catch_stop_signals();
  model::keep_freed_memory();
  const lm::ProcessPlace place = launched_place();
  model::configure_threads(threads_of(place, options.threads));
  const auto processes = join(place);
  const bool first = place.rank == 0;
  const lm::LoadedModel opened = open_start(recipe, starting_model(recipe, *processes), options.models, *processes);
  recipe.trained.precision =
      measured_once(*processes, [&] { return choose_precision(recipe, opened.backbone->config(), options.resume); });
  recipe.settings.fingerprint = fingerprint(recipe);

  lm::DecoderLearner learner(opened, recipe.trained);
  require_memory(recipe, opened, learner, place);
  lm::DocumentBatches batches(
      learner.decoder(),
      lm::RowMixture(recipe.sources, *opened.tokenizer, row_tokens(recipe), recipe.shuffle_rows, recipe.settings.seed),
      recipe.settings.stages);
  std::filesystem::create_directories(recipe.settings.folder);
  const auto records = first ? open_records(recipe, opened, options) : nullptr;
  lm::TrainProgress progress({.terminal = isatty(STDERR_FILENO) == 1,
                              .json = options.json,
                              .total_steps = total_steps(recipe.settings.stages)});
  lm::StepCollector collector;
  const lm::TrainOutcome outcome = train_on_record(learner, batches, recipe.settings, *processes, options.resume,
                                                   progress, collector, records.get());
  if (first && !options.plot.empty())
    write_plot(options, recipe, opened, records ? records->steps() : collector.steps());
  if (outcome == lm::TrainOutcome::finished) return kOk;
  spdlog::warn("Interrupted; --resume goes on from the checkpoint in {}", recipe.settings.folder);
  return kInterrupted;
}

}  // namespace

void add_train(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Turn a pre-trained model into a recurrent reader, by a recipe");
  command->add_option("RECIPE", options->recipe, "A recipe in TOML; recipes/ has some, recipes/README.md all keys")
      ->required();
  command->add_flag("--resume", options->resume, "Go on from the newest checkpoint in the recipe's output folder");
  command->add_flag("--json", options->json, "One JSON object a step on standard output");
  command->add_option("--db", options->db, "Record every step in this trace database")->type_name("FILE");
  command->add_option("--plot", options->plot, "Draw loss by step and by segment, and the learning rate, as SVG")
      ->type_name("FILE");
  command->add_option("--threads", options->threads, "Threads [the cores this process may use]")
      ->check(CLI::Range(1, 4096))
      ->default_str("");
  command->add_option("--models", options->models, "Folder of the bundled models");
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
