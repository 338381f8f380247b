// The options that say which model is used and how it computes: the same in every command that opens one.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "corpora/segments.h"
#include "lm/eval/precision_choice.h"
#include "lm/open_model.h"

namespace rmt::app {

struct ModelOptions {
  std::string name, tokenizer, folder;
  int64_t segment_length = 0, memory_tokens = -1;  // not given: the checkpoint's, else the defaults of open_model.h
  uint64_t seed = 0;
  int threads = 0;  // not given: available_cores()
  std::string dtype = "fp32", device = "cpu";
  bool fast = false;

  /// fp32 unless something else is asked for; true when that is to be found by measuring.
  bool measures_dtype() const { return fast || dtype == "auto"; }
};

/// Gives `command` its options; `options` must live as long as it. The dtype and the device are a matter of those that
/// choose them.
void add_model_options(CLI::App& command, ModelOptions& options);
void add_dtype_options(CLI::App& command, ModelOptions& options);

/// Throws UsageError for options that do not go together, DeviceError for a device that is not there.
void check(const ModelOptions& options);

lm::OpenOptions open_options(const ModelOptions& options);

/// The threads asked for, for the calling thread.
void configure_threads(const ModelOptions& options);

/// Replaces the plain backbone by one for the dtype and on the device asked for. On a GPU "auto" is bf16. Where that is
/// to be measured, `sample` gives the text it is measured on, and what was measured is returned and logged.
lm::PrecisionChoice pack(lm::LoadedModel& model, const ModelOptions& options,
                         const std::function<std::vector<corpora::Segment>()>& sample);

}  // namespace rmt::app
