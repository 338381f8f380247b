// rmt-lm flops: what reading N tokens costs, with full attention and with the recurrent memory.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/command.h"
#include "app/exit_code.h"
#include "lm/flops.h"
#include "lm/open_model.h"
#include "model/weights/weight_source.h"

namespace rmt::app {
namespace {

struct FlopsOptions {
  std::string model, models;
  int64_t tokens = 0, segment_length = 512, memory_tokens = 10;
  bool json = false;
};

/// A published shape by its name, else that of a model's files.
lm::FlopsShape find_shape(const FlopsOptions& options) {
  if (const auto named = lm::shape_by_name(options.model)) return *named;
  const model::BackboneConfig config = model::open_model_files(lm::find_backbone(options.model, options.models)).config;
  if (!config.is_decoder()) throw UsageError("'--model " + options.model + "' is an encoder; give a decoder.");
  return lm::shape_of(config, options.model);
}

void print_table(const lm::FlopsShape& shape, const lm::FlopsReport& report) {
  fmt::print("{}: {} layers of width {}, {} heads, feed-forward {}, vocabulary {}\n", shape.name, shape.layers,
             shape.width, shape.heads, shape.ffn_width, shape.vocab_size);
  fmt::print("{} tokens, segments of {}, {} memory tokens; floating-point operations\n\n", report.tokens,
             report.segment_length, report.memory_tokens);
  fmt::print("{:<34} {:>12} {:>12} {:>10}\n", "", "full", "recurrent", "ratio");
  const auto line = [](const char* label, const lm::FlopsCount& count) {
    fmt::print("{:<34} {:>12.4e} {:>12.4e} {:>10.2f}\n", label, count.full, count.recurrent, count.ratio());
  };
  line("as the paper counts", report.paper);
  line("causal attention, memory rows", report.honest);
  fmt::print(
      "\nThe paper counts dense attention with ten operations a score, the head on every token, and no\n"
      "memory rows. The second line is what is computed here: causal attention, 2 x {} rows more in a\n"
      "segment, the head on text rows only.\n",
      report.memory_tokens);
}

void print_json(const lm::FlopsShape& shape, const lm::FlopsReport& report) {
  const auto count = [](const lm::FlopsCount& c) {
    return nlohmann::json{{"full", c.full}, {"recurrent", c.recurrent}, {"ratio", c.ratio()}};
  };
  const nlohmann::json object = {{"model", shape.name},
                                 {"layers", shape.layers},
                                 {"width", shape.width},
                                 {"ffn_width", shape.ffn_width},
                                 {"heads", shape.heads},
                                 {"vocab_size", shape.vocab_size},
                                 {"tokens", report.tokens},
                                 {"segment_length", report.segment_length},
                                 {"memory_tokens", report.memory_tokens},
                                 {"paper", count(report.paper)},
                                 {"honest", count(report.honest)}};
  fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

int run(const FlopsOptions& options) {
  const lm::FlopsShape shape = find_shape(options);
  const lm::FlopsReport report = lm::count_flops(shape, options.tokens, options.segment_length, options.memory_tokens);
  if (options.json) {
    print_json(shape, report);
  } else {
    print_table(shape, report);
  }
  return kOk;
}

}  // namespace

void add_flops(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<FlopsOptions>();
  CLI::App* command = app.add_subcommand("flops", "Count the operations of reading a text");
  command->add_option("--model", options->model, "opt-125m, opt-1.3b, opt-6.7b, opt-30b, opt-175b, gpt2, or a model")
      ->required();
  command->add_option("--models", options->models, "Folder of the bundled models")->type_name("DIR");
  command->add_option("--tokens", options->tokens, "Length of the text")
      ->required()
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 50));
  command->add_option("--segment-length", options->segment_length, "Text tokens of a segment")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 30));
  command->add_option("--memory-tokens", options->memory_tokens, "Memory tokens")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 20));
  command->add_flag("--json", options->json, "One JSON object");
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
