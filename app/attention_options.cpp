#include "app/attention_options.h"

#include <fmt/format.h>

#include <charconv>

#include "app/exit_code.h"

namespace rmt::app {
namespace {

constexpr int64_t kMostRows = int64_t{1} << 30;

void add_map_options(CLI::App& command, AttentionOptions& options) {
  command.add_option("--segments", options.segments, "Segments to look at, by number from 0: 0,3,17")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("I,J")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 50));
  command.add_option("--layer", options.layer, "One layer, by number from 0 [all]")
      ->check(CLI::Range(int64_t{0}, kMostRows))
      ->default_str("");
  command.add_option("--head", options.head, "One head, by number from 0, or mean [all; for svg mean]");
  command.add_option("--what", options.what, "write: what the memory is written from; read: who reads it; or both")
      ->check(CLI::IsMember({"write", "read", "both"}));
  command.add_option("--format", options.format, "svg, json or npy")->check(CLI::IsMember({"svg", "json", "npy"}));
  command.add_option("-o,--output", options.output, "Folder for the files, made if need be")->type_name("DIR");
}

}  // namespace

void add_attention_options(CLI::App& command, AttentionOptions& options) {
  command.add_option("DOC", options.document, "The document, of several the first; '-' is standard input")->required();
  add_model_options(command, options.model);
  add_map_options(command, options);
  command.add_flag("--lossy", options.lossy, "Replace bytes that are not UTF-8 instead of refusing the document");
  command.add_flag("--json", options.json, "Print one JSON object a line instead of a table");
}

std::optional<int64_t> head_number(const AttentionOptions& options) {
  if (options.head.empty() || options.head == "mean") return std::nullopt;
  int64_t number = -1;
  const char* end = options.head.data() + options.head.size();
  const auto [at, error] = std::from_chars(options.head.data(), end, number);
  if (error != std::errc() || at != end || number < 0)
    throw UsageError(fmt::format("--head takes the number of a head, or mean; not '{}'.", options.head));
  return number;
}

void check(const AttentionOptions& options, const lm::LoadedModel& model) {
  const model::BackboneConfig& config = model.backbone->config();
  if (!config.is_decoder())
    throw UsageError(fmt::format("--model {} is an encoder; maps are made of a GPT-2 or Llama model.", model.name));
  const auto needs = [&](const char* what, int64_t asked, int64_t count) {
    if (asked >= count)
      throw UsageError(fmt::format("--{0} {1}: {2} has {3} {0}s, numbered from 0.", what, asked, model.name, count));
  };
  needs("layer", options.layer, config.layers);
  needs("head", head_number(options).value_or(-1), config.heads);
  if (model.rmt.memory_tokens == 0) throw UsageError(model.name + " has no memory tokens to look at.");
}

}  // namespace rmt::app
