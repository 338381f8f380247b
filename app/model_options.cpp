#include "app/model_options.h"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <utility>

#include "app/device_option.h"
#include "app/exit_code.h"
#include "model/threads.h"

namespace rmt::app {
namespace {

constexpr int64_t kMostRows = int64_t{1} << 30;

lm::PrecisionChoice measure_dtypes(const ModelOptions& options, const lm::LoadedModel& model,
                                   std::vector<corpora::Segment> sample) {
  using model::Precision;
  lm::PrecisionQuestion question;
  question.candidates = {Precision::fp32, Precision::bf16};
  if (options.fast) question.candidates.insert(question.candidates.end(), {Precision::int8, Precision::int8x2});
  question.sample = std::move(sample);
  question.rmt = model.rmt;
  question.initial_memory = model.initial_memory;
  question.cache_key = lm::precision_cache_key(RMTLM_VERSION, model.sha256, model.rmt);

  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  const lm::PrecisionCache cache(lm::precision_cache_file(variable("XDG_CACHE_HOME"), variable("HOME")));
  lm::PrecisionChoice choice = lm::choose_precision(
      question, [&](Precision precision) { return lm::load_packed(model, precision); }, cache);
  for (const lm::PrecisionTrial& trial : choice.trials)
    spdlog::info("{}: {:.0f} tokens/s, perplexity {:+.3f} % on the first {} segments", model::name(trial.precision),
                 trial.tokens_per_second, 100 * trial.loss, question.sample.size());
  return choice;
}

}  // namespace

void add_model_options(CLI::App& command, ModelOptions& options) {
  command.add_option("--model", options.name, "Hugging Face folder, .gguf file, rmt-lm checkpoint or bundled name")
      ->required();
  command.add_option("--tokenizer", options.tokenizer, "Tokenizer files, when not the model's own")->type_name("PATH");
  command.add_option("--models", options.folder, "Folder of the bundled models")->type_name("DIR");
  command.add_option("--segment-length", options.segment_length, "Tokens of a segment [the checkpoint's, else 512]")
      ->check(CLI::Range(int64_t{1}, kMostRows))
      ->default_str("");
  command.add_option("--memory-tokens", options.memory_tokens, "Memory tokens [the checkpoint's, else 10]")
      ->check(CLI::Range(int64_t{0}, kMostRows))
      ->default_str("");
  command.add_option("--threads", options.threads, "Threads of the arithmetic [the cores this process may use]")
      ->check(CLI::Range(1, 4096))
      ->default_str("");
}

void add_dtype_options(CLI::App& command, ModelOptions& options) {
  command
      .add_option("--dtype", options.dtype, "fp32, bf16, int8, int8x2, int4, or auto: the faster of fp32 and bf16 here")
      ->check(CLI::IsMember({"fp32", "bf16", "int8", "int8x2", "int4", "auto"}));
  add_device_option(command, options.device);
  command.add_flag("--fast", options.fast,
                   "The fastest dtype that loses at most 0.3 % of perplexity on a sample of the text");
}

void check(const ModelOptions& options) {
  if (options.fast && options.dtype != "fp32" && options.dtype != "auto")
    throw UsageError("--fast chooses the dtype itself; leave out --dtype " + options.dtype + ".");
  if (!open_device(options.device).is_cpu() && options.dtype.starts_with("int"))
    throw UsageError("--dtype " + options.dtype + " is made for the CPU; on a GPU take bf16.");
}

lm::OpenOptions open_options(const ModelOptions& options) {
  lm::OpenOptions open;
  open.model = options.name;
  open.tokenizer = options.tokenizer;
  open.models_folder = options.folder;
  if (options.segment_length > 0) open.segment_length = options.segment_length;
  if (options.memory_tokens >= 0) open.memory_tokens = options.memory_tokens;
  open.memory_seed = options.seed;
  return open;
}

void configure_threads(const ModelOptions& options) {
  model::configure_threads(options.threads > 0 ? options.threads : model::available_cores());
}

lm::PrecisionChoice pack(lm::LoadedModel& model, const ModelOptions& options,
                         const std::function<std::vector<corpora::Segment>()>& sample) {
  lm::PrecisionChoice choice;
  if (const c10::Device device = open_device_aloud(options.device); !device.is_cpu()) {
    choice.precision = options.measures_dtype() ? model::Precision::bf16 : *lm::precision_by_name(options.dtype);
    if (choice.precision == model::Precision::fp32)
      spdlog::info("In fp32 a GPU is many times slower than in bf16; --dtype bf16 takes that.");
    model.backbone = lm::load_on(model, device, choice.precision);
    return choice;
  }
  if (options.measures_dtype()) {
    choice = measure_dtypes(options, model, sample());
  } else {
    choice.precision = *lm::precision_by_name(options.dtype);
    if (choice.precision != model::Precision::fp32)
      spdlog::warn("What {} costs in perplexity was not measured; --fast measures it.", options.dtype);
  }
  model.backbone = choice.backbone ? choice.backbone : lm::load_packed(model, choice.precision);
  return choice;
}

}  // namespace rmt::app
