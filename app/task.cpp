// rmt-lm task: the paper's memory tasks. Trains a reader on a few segments and asks how far back it remembers.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/launched.h"
#include "app/recipe_start.h"
#include "app/stop_signal.h"
#include "app/task_recipe.h"
#include "corpora/tasks/task_text.h"
#include "corpora/tokenizers/sentencepiece_trainer.h"
#include "lm/eval/wilson.h"
#include "lm/new_model.h"
#include "lm/task/task_batches.h"
#include "lm/task/task_evaluation.h"
#include "lm/task/task_learner.h"
#include "lm/train/faster_precision.h"
#include "lm/train/train_progress.h"
#include "model/keep_memory.h"
#include "model/threads.h"

namespace rmt::app {
namespace {

namespace fs = std::filesystem;

struct TaskOptions {
  corpora::TaskKind kind = corpora::TaskKind::memorize;
  std::string recipe, model, models;
  std::vector<std::string> background;
  std::vector<int64_t> segments = {1, 2, 4, 8, 16, 32};
  int64_t samples = 200, batch = 16;
  uint64_t seed = 0;
  std::string dtype = "auto";
  bool resume = false, json = false;
  int threads = 0;
};

constexpr int64_t kRooms = 6;

std::unique_ptr<const corpora::Background> make_background(const std::vector<std::string>& paths,
                                                           const corpora::Tokenizer& tokenizer) {
  return paths.empty() ? generated_background(tokenizer) : corpus_background(paths, tokenizer);
}

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
lm::TaskHead starting_head(const lm::TaskRecipe& recipe, const lm::LoadedModel& opened, const TaskOptions& options) {
  const std::string folder = recipe.fresh ? "" : lm::find_checkpoint(recipe.base, options.models);
  if (!lm::is_task(folder)) return lm::new_task_head(kRooms, opened.backbone->config().width, recipe.settings.seed);
  lm::TaskHead head;
  lm::read_task(folder, head);
  return head;
}

int train_task(const TaskOptions& options) {
  lm::TaskRecipe recipe = read_task_recipe(options.recipe, options.kind);
  catch_stop_signals();
  model::keep_freed_memory();
  const lm::ProcessPlace place = launched_place();
  model::configure_threads(threads_of(place, options.threads));
  const auto processes = join(place);
  fs::create_directories(recipe.settings.folder);
  const lm::LoadedModel opened = open_start(recipe, starting_model(recipe, *processes), options.models, *processes);
  const model::BackboneConfig& config = opened.backbone->config();
  recipe.trained.precision =
      measured_once(*processes, [&] { return choose_precision(recipe, config, options.resume); });
  recipe.settings.fingerprint = fingerprint(recipe);

  lm::TaskLearner learner(opened, recipe.trained, recipe.task, starting_head(recipe, opened, options));
  require_memory(recipe, opened, learner, place);
  const auto background = make_background(recipe.background, *opened.tokenizer);
  lm::TaskBatches batches(learner.model(),
                          {.kind = recipe.task.kind, .pairs = recipe.task.pairs, .seed = recipe.settings.seed},
                          *opened.tokenizer, *background, recipe.settings.stages);
  lm::TrainProgress progress({.terminal = isatty(STDERR_FILENO) == 1,
                              .json = options.json,
                              .accuracy = true,
                              .total_steps = total_steps(recipe.settings.stages)});
  const lm::TrainOutcome outcome =
      train(learner, batches, recipe.settings, *processes, options.resume, progress, stop_requested);
  progress.clear();
  if (outcome == lm::TrainOutcome::finished) return kOk;
  spdlog::warn("Interrupted; --resume goes on from the checkpoint in {}", recipe.settings.folder);
  return kInterrupted;
}

model::Precision evaluation_precision(const TaskOptions& options, const model::BackboneConfig& config) {
  if (options.dtype == "auto") return lm::faster_precision(config.width, config.ffn_width);
  return options.dtype == "bf16" ? model::Precision::bf16 : model::Precision::fp32;
}

void print_score(const TaskOptions& options, const lm::TaskScore& score, bool heading) {
  const lm::Interval interval = lm::wilson_interval(score.correct, score.samples);
  const double accuracy = static_cast<double>(score.correct) / static_cast<double>(score.samples);
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"task", corpora::name(options.kind)},
                                              {"segments", score.segments},
                                              {"tokens", score.tokens},
                                              {"samples", score.samples},
                                              {"correct", score.correct},
                                              {"accuracy", accuracy},
                                              {"wilson95", {interval.low, interval.high}},
                                              {"seconds", score.seconds}}
                           .dump());
  } else {
    if (heading)
      fmt::print("{:>8}  {:>10}  {:>8}  {:>8}   95 % (Wilson)\n", "segments", "tokens", "samples", "accuracy");
    fmt::print("{:>8}  {:>10}  {:>8}  {:>7.2f}%   {:.2f} … {:.2f}\n", score.segments, score.tokens, score.samples,
               100 * accuracy, 100 * interval.low, 100 * interval.high);
  }
  std::fflush(stdout);
}

int evaluate(const TaskOptions& options) {
  catch_stop_signals();
  model::keep_freed_memory();
  model::configure_threads(options.threads > 0 ? options.threads : model::available_cores());
  const lm::LoadedModel opened = lm::open_model({.model = options.model, .models_folder = options.models});
  lm::TaskHead head;
  const lm::TaskDescription task = lm::read_task(lm::find_checkpoint(options.model, options.models), head);
  if (task.kind != options.kind)
    throw UsageError(fmt::format("{} was trained for {}, not for {}.", options.model, corpora::name(task.kind),
                                 corpora::name(options.kind)));
  const auto backbone = lm::load_packed(opened, evaluation_precision(options, opened.backbone->config()));
  const lm::TaskModel model(opened, backbone, opened.initial_memory, head);
  const auto background = make_background(options.background, *opened.tokenizer);
  bool heading = true;
  for (const int64_t segments : options.segments) {
    const corpora::TaskGenerator generator({.kind = task.kind,
                                            .segments = segments,
                                            .segment_length = opened.rmt.segment_length,
                                            .pairs = task.pairs,
                                            .seed = options.seed},
                                           *opened.tokenizer, *background);
    const bool terminal = isatty(STDERR_FILENO) == 1;
    const lm::TaskScore score = evaluate_task(model, generator, options.samples, options.batch, [&](double done) {
      if (terminal) fmt::print(stderr, "\r\033[K{} segments: {:.0f} %", segments, 100 * done);
      return !stop_requested();
    });
    if (terminal) fmt::print(stderr, "\r\033[K");
    if (score.samples > 0) print_score(options, score, std::exchange(heading, false));
    if (stop_requested()) return kInterrupted;
  }
  return kOk;
}

void add_train_action(CLI::App& task, const std::shared_ptr<TaskOptions>& options, Command& chosen) {
  CLI::App* command = task.add_subcommand("train", "Train a reader on the task, by a recipe");
  command->add_option("RECIPE", options->recipe, "A recipe in TOML; recipes/ has one for each task")->required();
  command->add_flag("--resume", options->resume, "Go on from the newest checkpoint in the recipe's output folder");
  command->add_flag("--json", options->json, "One JSON object a step on standard output");
  command->add_option("--threads", options->threads, "Threads [the cores this process may use]")
      ->check(CLI::Range(1, 4096))
      ->default_str("");
  command->add_option("--models", options->models, "Folder of the bundled models");
  command->callback([options, &chosen] { chosen.run = [options] { return train_task(*options); }; });
}

void add_eval_action(CLI::App& task, const std::shared_ptr<TaskOptions>& options, Command& chosen) {
  CLI::App* command = task.add_subcommand("eval", "Accuracy by number of segments, with Wilson intervals");
  options->model = "task-" + std::string(corpora::name(options->kind));
  command->add_option("--model", options->model, "A trained task's folder, or a bundled name")->capture_default_str();
  command->add_option("--segments", options->segments, "Numbers of segments [1,2,4,8,16,32]")
      ->delimiter(',')
      ->default_str("");
  command->add_option("--samples", options->samples, "Samples for each")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  command->add_option("--batch", options->batch, "Samples read together")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Of the samples")->capture_default_str();
  command->add_option("--background", options->background, "Documents between the facts; generated text by default")
      ->default_str("");
  command->add_option("--dtype", options->dtype, "Arithmetic")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "One JSON object a line");
  command->add_option("--threads", options->threads, "Threads [the cores this process may use]")
      ->check(CLI::Range(1, 4096))
      ->default_str("");
  command->add_option("--models", options->models, "Folder of the bundled models");
  command->callback([options, &chosen] { chosen.run = [options] { return evaluate(*options); }; });
}

}  // namespace

void add_task(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("task", "The paper's memory tasks: how far back a reader remembers");
  command->require_subcommand(1);
  for (const auto kind : {corpora::TaskKind::memorize, corpora::TaskKind::detect, corpora::TaskKind::reasoning,
                          corpora::TaskKind::recall}) {
    auto options = std::make_shared<TaskOptions>();
    options->kind = kind;
    CLI::App* task = command->add_subcommand(std::string(corpora::name(kind)), "See the README's table of tasks");
    task->require_subcommand(1);
    add_train_action(*task, options, chosen);
    add_eval_action(*task, options, chosen);
  }
}

}  // namespace rmt::app
