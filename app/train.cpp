// rmt-lm train: a recipe becomes a recurrent reader.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/stop_signal.h"
#include "app/train_recipe.h"
#include "lm/new_model.h"
#include "lm/train/decoder_learner.h"
#include "lm/train/document_batches.h"
#include "lm/train/faster_precision.h"
#include "lm/train/train_progress.h"
#include "model/keep_memory.h"
#include "model/threads.h"
#include "model/weights/mapped_file.h"

namespace rmt::app {
namespace {

struct TrainOptions {
  std::string recipe, models;
  bool resume = false, json = false;
  int threads = 0;
};

/// The model a recipe starts from; a new one is written into the output folder first.
std::string starting_model(const lm::Recipe& recipe) {
  if (!recipe.fresh) return recipe.base;
  const std::string folder = (std::filesystem::path(recipe.settings.folder) / "start").string();
  if (std::filesystem::exists(std::filesystem::path(folder) / "config.json")) return folder;
  constexpr size_t kMostBytes = size_t{64} << 20;
  lm::write_new_model(folder, recipe.fresh->config, model::read_text_file(recipe.fresh->tokenizer, kMostBytes),
                      recipe.settings.seed);
  return folder;
}

lm::LoadedModel open_base(const lm::Recipe& recipe, const TrainOptions& options) {
  lm::OpenOptions open;
  open.model = starting_model(recipe);
  open.models_folder = options.models;
  open.memory_tokens = recipe.memory_tokens;
  open.segment_length = recipe.segment_length;
  open.positions = recipe.positions;
  open.memory_seed = recipe.settings.seed;
  return lm::open_model(open);
}

void choose_precision(lm::Recipe& recipe, const model::BackboneConfig& config) {
  if (recipe.precision) {
    recipe.trained.precision = *recipe.precision;
    return;
  }
  recipe.trained.precision = lm::faster_precision(config.width, config.ffn_width);
  spdlog::info("dtype: {}, the faster one here", model::name(recipe.trained.precision));
}

int run(const TrainOptions& options) {
  lm::Recipe recipe = read_recipe(options.recipe);
  catch_stop_signals();
  model::keep_freed_memory();
  model::configure_threads(options.threads > 0 ? options.threads : model::available_cores());
  const lm::LoadedModel opened = open_base(recipe, options);
  choose_precision(recipe, opened.backbone->config());
  recipe.settings.fingerprint = fingerprint(recipe);

  lm::DecoderLearner learner(opened, recipe.trained);
  lm::DocumentBatches batches(
      learner.decoder(),
      lm::RowMixture(recipe.sources, *opened.tokenizer, row_tokens(recipe), recipe.shuffle_rows, recipe.settings.seed),
      recipe.settings.stages);
  std::filesystem::create_directories(recipe.settings.folder);
  const auto processes = lm::single_process();
  lm::TrainProgress progress({.terminal = isatty(STDERR_FILENO) == 1,
                              .json = options.json,
                              .total_steps = total_steps(recipe.settings.stages)});
  const lm::TrainOutcome outcome =
      train(learner, batches, recipe.settings, *processes, options.resume, progress, stop_requested);
  progress.clear();
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
  command->add_option("--threads", options->threads, "Threads; all cores by default")->check(CLI::Range(1, 4096));
  command->add_option("--models", options->models, "Folder of the bundled models");
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
