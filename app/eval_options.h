// The options of `rmt-lm eval`: how they are given, and what they ask for.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "app/model_options.h"
#include "lm/eval/request.h"

namespace rmt::app {

struct EvalOptions {
  std::vector<std::string> paths;
  ModelOptions model;
  std::string protocol = "rmt", memory, bos = "auto";
  int64_t window = 0, stride = 0;  // not given: see lm/eval/request.h
  bool gain = false, baselines = false, tactics = false;
  int64_t max_tokens = -1, batch = 1;
  std::string db, plot;
  bool resume = false, json = false, lossy = false, skip_broken = false;
};

/// Gives `command` its options; `options` must live as long as it.
void add_eval_options(CLI::App& command, EvalOptions& options);

/// Throws UsageError for options that do not go together, as far as can be told without the model, or that do not suit
/// a run of several processes.
void check(const EvalOptions& options, int64_t processes);

lm::EvalRequest request_of(const EvalOptions& options);

}  // namespace rmt::app
