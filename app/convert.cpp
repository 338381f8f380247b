// rmt-lm convert: a checkpoint of training made ready to be handed on.
#include <spdlog/spdlog.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/command.h"
#include "app/exit_code.h"
#include "lm/convert.h"

namespace rmt::app {
namespace {

struct ConvertOptions {
  std::string model, output, models, dtype = "bf16";
  bool standalone = false;
};

int run(const ConvertOptions& options) {
  lm::convert({.model = options.model,
               .models_folder = options.models,
               .output = options.output,
               .dtype = options.dtype == "bf16" ? at::kBFloat16 : at::kFloat,
               .standalone = options.standalone});
  spdlog::info("Written to {}", options.output);
  return kOk;
}

}  // namespace

void add_convert(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand("convert", "Make a checkpoint of training ready to be handed on");
  command->add_option("MODEL", options->model, "A checkpoint folder")->required();
  command->add_option("-o,--output", options->output, "Folder to write")->required();
  command->add_option("--dtype", options->dtype, "Of the tensors written")
      ->check(CLI::IsMember({"bf16", "fp32"}))
      ->capture_default_str();
  command->add_flag("--standalone", options->standalone,
                    "A whole Hugging Face folder, adapters merged, no base needed");
  command->add_option("--models", options->models, "Folder of the bundled models");
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
