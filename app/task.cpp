// rmt-lm task: the paper's memory tasks. Trains a reader on a few segments and asks how far back it remembers.
#include <CLI/App.hpp>
#include <memory>

#include "app/command.h"
#include "app/task_eval.h"
#include "app/task_train.h"

namespace rmt::app {
namespace {

void add_train_action(CLI::App& task, corpora::TaskKind kind, Command& chosen) {
  const auto options = std::make_shared<TrainingOptions>();
  CLI::App* command = task.add_subcommand("train", "Train a reader on the task, by a recipe");
  add_training_options(*command, *options);
  command->callback([kind, options, &chosen] { chosen.run = [kind, options] { return train_task(kind, *options); }; });
}

void add_eval_action(CLI::App& task, corpora::TaskKind kind, Command& chosen) {
  const auto options = std::make_shared<TaskEvalOptions>();
  options->kind = kind;
  CLI::App* command = task.add_subcommand("eval", "Accuracy by number of segments, with Wilson intervals");
  add_task_eval_options(*command, *options);
  command->callback([options, &chosen] { chosen.run = [options] { return evaluate_task(*options); }; });
}

}  // namespace

void add_task(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand("task", "The paper's memory tasks: how far back a reader remembers");
  command->require_subcommand(1);
  for (const auto kind : {corpora::TaskKind::memorize, corpora::TaskKind::detect, corpora::TaskKind::reasoning,
                          corpora::TaskKind::recall}) {
    CLI::App* task = command->add_subcommand(std::string(corpora::name(kind)), "See the README's table of tasks");
    task->require_subcommand(1);
    add_train_action(*task, kind, chosen);
    add_eval_action(*task, kind, chosen);
  }
}

}  // namespace rmt::app
