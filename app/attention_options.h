// The options of `rmt-lm attention`: how they are given, and what they ask for.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lm/attention/map_names.h"
#include "lm/open_model.h"

namespace rmt::app {

struct AttentionOptions {
  std::string document, model, tokenizer, models;
  std::vector<int64_t> segments;
  int64_t segment_length = 0, memory_tokens = -1;  // not given: the checkpoint's, else the defaults of open_model.h
  int64_t layer = -1;                              // not given: all
  std::string head, what = "both", format = "svg", output = ".";
  int threads = 0;  // not given: available_cores()
  bool json = false, lossy = false;

  /// The heads one by one would be hundreds of pictures.
  bool averages_heads() const { return head == "mean" || (head.empty() && format == "svg"); }
  lm::MapKinds kinds() const { return {.write = what != "read", .read = what != "write"}; }
};

/// Gives `command` its options; `options` must live as long as it.
void add_attention_options(CLI::App& command, AttentionOptions& options);

/// The number in --head; nothing for all heads and for their mean. Throws UsageError for other words.
std::optional<int64_t> head_number(const AttentionOptions& options);

/// Throws UsageError for what the model does not have.
void check(const AttentionOptions& options, const lm::LoadedModel& model);

lm::OpenOptions open_options(const AttentionOptions& options);

}  // namespace rmt::app
