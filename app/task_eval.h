// rmt-lm task … eval: how far back a trained reader remembers, and where it looks while it writes its memory.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "corpora/tasks/task.h"

namespace rmt::app {

struct TaskEvalOptions {
  corpora::TaskKind kind = corpora::TaskKind::memorize;
  std::string model, models;
  std::vector<std::string> background;
  std::vector<int64_t> segments = {1, 2, 4, 8, 16, 32};
  int64_t samples = 200, batch = 16, seeds = 1;
  uint64_t seed = 0;
  std::string dtype = "auto", device = "cpu";
  bool attention = false, json = false;
  int threads = 0;
};

/// Gives `command` its options; `options` must live as long as it.
void add_task_eval_options(CLI::App& command, TaskEvalOptions& options);

/// Returns the program's exit code.
int evaluate_task(const TaskEvalOptions& options);

}  // namespace rmt::app
