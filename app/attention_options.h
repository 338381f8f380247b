// The options of `rmt-lm attention`: how they are given, and what they ask for.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/model_options.h"
#include "lm/attention/map_names.h"
#include "lm/open_model.h"

namespace rmt::app {

struct AttentionOptions {
  std::string document;
  ModelOptions model;
  std::vector<int64_t> segments;
  int64_t layer = -1;  // not given: all
  std::string head, what = "both", format = "svg", output = ".";
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

}  // namespace rmt::app
