// The options of `rmt-lm eval`: how they are given, and what they ask for.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "lm/eval/request.h"
#include "lm/open_model.h"

namespace rmt::app {

struct EvalOptions {
  std::vector<std::string> paths;
  std::string model, tokenizer, models;
  int64_t segment_length = 0, memory_tokens = -1;  // not given: the checkpoint's, else the defaults of open_model.h
  std::string protocol = "rmt", memory, bos = "auto";
  int64_t window = 0, stride = 0;  // not given: see lm/eval/request.h
  bool gain = false, baselines = false;
  int64_t max_tokens = -1, batch = 1;
  uint64_t seed = 0;
  std::string dtype = "fp32";
  bool fast = false;
  int threads = 0;  // not given: available_cores()
  std::string db, plot;
  bool resume = false, json = false, lossy = false, skip_broken = false;

  /// fp32 unless something else is asked for; true when that is to be found by measuring.
  bool measures_dtype() const { return fast || dtype == "auto"; }
};

/// Gives `command` its options; `options` must live as long as it.
void add_eval_options(CLI::App& command, EvalOptions& options);

/// Throws UsageError for options that do not go together, as far as can be told without the model.
void check(const EvalOptions& options);

lm::OpenOptions open_options(const EvalOptions& options);
lm::EvalRequest request_of(const EvalOptions& options);

}  // namespace rmt::app
