#include "app/task_train.h"

#include <filesystem>
#include <memory>

#include "app/device_option.h"
#include "app/launched.h"
#include "app/recipe_start.h"
#include "app/stop_signal.h"
#include "app/task_background.h"
#include "app/task_recipe.h"
#include "corpora/tasks/task_text.h"
#include "corpora/tokenizers/sentencepiece_trainer.h"
#include "lm/new_model.h"
#include "lm/task/task_batches.h"
#include "lm/task/task_learner.h"
#include "lm/task/task_run_spec.h"
#include "model/keep_memory.h"
#include "model/threads.h"

namespace rmt::app {
namespace {

constexpr int64_t kRooms = corpora::kRooms.size();

/// The model a recipe starts from; a new one is written into the output folder first.
std::string starting_model(const lm::TaskRecipe& recipe, lm::Processes& processes) {
  if (!recipe.fresh) return recipe.base;
  return new_model(recipe.settings.folder, processes, [&](const std::string& folder) {
    constexpr int64_t kVocabularyBytes = int64_t{1} << 20;
    const auto text = corpora::task_text(recipe.settings.seed, kVocabularyBytes);
    const std::string tokenizer = corpora::train_sentencepiece(*text, {.vocab_size = recipe.vocabulary});
    lm::write_new_model(folder, *recipe.fresh, tokenizer, recipe.settings.seed);
  });
}

/// A model that was trained for a task goes on with its answering layer.
lm::TaskHead starting_head(const lm::TaskRecipe& recipe, const lm::LoadedModel& opened, const std::string& models) {
  const std::string folder = recipe.fresh ? "" : lm::find_checkpoint(recipe.base, models);
  if (!lm::is_task(folder)) return lm::new_task_head(kRooms, opened.backbone->config().width, recipe.settings.seed);
  lm::TaskHead head;
  lm::read_task(folder, head);
  return head;
}

}  // namespace

int train_task(corpora::TaskKind kind, const TrainingOptions& options) {
  lm::TaskRecipe recipe = read_task_recipe(options.recipe, kind);
  catch_stop_signals();
  model::keep_freed_memory();
  const lm::ProcessPlace place = launched_place();
  model::configure_threads(threads_of(place, options.threads));
  const auto processes = join(place);
  std::filesystem::create_directories(recipe.settings.folder);
  recipe.trained.device = open_device_aloud(options.device);
  add_on(recipe.trained.device, *processes);
  const lm::LoadedModel opened = open_start(recipe, starting_model(recipe, *processes), options.models, *processes);
  warn_of_adapter(opened, recipe.trained);
  recipe.trained.precision =
      measured_once(*processes, [&] { return choose_precision(recipe, opened.backbone->config(), options.resume); });
  recipe.settings.fingerprint = fingerprint(recipe);

  lm::TaskLearner learner(opened, recipe.trained, recipe.task, starting_head(recipe, opened, options.models));
  require_memory(recipe, opened, learner, place);
  const auto background = make_background(recipe.background, *opened.tokenizer);
  lm::TaskBatches batches(learner.model(),
                          {.kind = recipe.task.kind, .pairs = recipe.task.pairs, .seed = recipe.settings.seed},
                          *opened.tokenizer, *background, recipe.settings.stages);
  const Training training{.learner = learner,
                          .batches = batches,
                          .settings = recipe.settings,
                          .opened = opened,
                          .precision = recipe.trained.precision,
                          .spec = train_run_spec(recipe, opened, RMTLM_VERSION),
                          .accuracy = true,
                          .device = recipe.trained.device,
                          .flops_per_token = flops_per_token(opened, recipe.trained)};
  return train_on_record(training, *processes, options);
}

}  // namespace rmt::app
