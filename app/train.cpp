// rmt-lm train: a recipe becomes a recurrent reader.
#include <spdlog/spdlog.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/command.h"
#include "app/device_option.h"
#include "app/launched.h"
#include "app/recipe_start.h"
#include "app/stop_signal.h"
#include "app/train_recipe.h"
#include "app/training.h"
#include "lm/new_model.h"
#include "lm/train/decoder_learner.h"
#include "lm/train/document_batches.h"
#include "lm/train/train_run_spec.h"
#include "model/keep_memory.h"
#include "model/threads.h"
#include "model/weights/mapped_file.h"

namespace rmt::app {
namespace {

/// The model a recipe starts from; a new one is written into the output folder first.
std::string starting_model(const lm::Recipe& recipe, lm::Processes& processes) {
  if (!recipe.fresh) return recipe.base;
  return new_model(recipe.settings.folder, processes, [&](const std::string& folder) {
    constexpr size_t kMostBytes = size_t{64} << 20;
    lm::write_new_model(folder, recipe.fresh->config, model::read_text_file(recipe.fresh->tokenizer, kMostBytes),
                        recipe.settings.seed);
  });
}

int run(const TrainingOptions& options) {
  lm::Recipe recipe = read_recipe(options.recipe);
  catch_stop_signals();
  model::keep_freed_memory();
  const lm::ProcessPlace place = launched_place();
  model::configure_threads(threads_of(place, options.threads));
  const auto processes = join(place);
  recipe.trained.device = open_device_aloud(options.device);
  add_on(recipe.trained.device, *processes);
  const lm::LoadedModel opened = open_start(recipe, starting_model(recipe, *processes), options.models, *processes);
  warn_of_adapter(opened, recipe.trained);
  recipe.trained.precision =
      measured_once(*processes, [&] { return choose_precision(recipe, opened.backbone->config(), options.resume); });
  recipe.settings.fingerprint = fingerprint(recipe);

  lm::DecoderLearner learner(opened, recipe.trained);
  require_memory(recipe, opened, learner, place);
  lm::DocumentBatches batches(
      learner.decoder(),
      lm::RowMixture(recipe.sources, *opened.tokenizer, row_tokens(recipe), recipe.shuffle_rows, recipe.settings.seed),
      recipe.settings.stages);
  if (!recipe.trained.device.is_cpu() && recipe.settings.recompute)
    batches.record(std::make_unique<lm::RecordedSegments>(learner.decoder(), learner.parameters(),
                                                          [](const std::string& why) { spdlog::warn("{}", why); }));
  const Training training{.learner = learner,
                          .batches = batches,
                          .settings = recipe.settings,
                          .opened = opened,
                          .precision = recipe.trained.precision,
                          .spec = train_run_spec(recipe, opened, RMTLM_VERSION),
                          .accuracy = false,
                          .device = recipe.trained.device,
                          .flops_per_token = flops_per_token(opened, recipe.trained)};
  return train_on_record(training, *processes, options);
}

}  // namespace

void add_train(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<TrainingOptions>();
  CLI::App* command = app.add_subcommand("train", "Turn a pre-trained model into a recurrent reader, by a recipe");
  add_training_options(*command, *options);
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
