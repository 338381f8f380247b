#include "app/task_eval.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/device_option.h"
#include "app/exit_code.h"
#include "app/stop_signal.h"
#include "app/task_background.h"
#include "lm/eval/wilson.h"
#include "lm/open_model.h"
#include "lm/task/fact_attention.h"
#include "lm/task/task_evaluation.h"
#include "lm/train/faster_precision.h"
#include "model/keep_memory.h"
#include "model/threads.h"

namespace rmt::app {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kSamplesLookedAt = 64;  // for --attention: shares settle long before accuracies do

/// A task model that was opened to be asked.
struct Asked {
  lm::LoadedModel opened;
  lm::TaskHead head;
  lm::TaskDescription task;
};

Asked open_task(const TaskEvalOptions& options) {
  Asked asked{lm::open_model({.model = options.model, .models_folder = options.models}), {}, {}};
  asked.task = lm::read_task(lm::find_checkpoint(options.model, options.models), asked.head);
  if (asked.task.kind != options.kind)
    throw UsageError(fmt::format("{} was trained for {}, not for {}.", options.model, corpora::name(asked.task.kind),
                                 corpora::name(options.kind)));
  return asked;
}

lm::TaskModel packed(const Asked& asked, const at::Device& device, model::Precision precision) {
  return {asked.opened, lm::load_on(asked.opened, device, precision), asked.opened.initial_memory, asked.head};
}

model::Precision evaluation_precision(const TaskEvalOptions& options, const at::Device& device,
                                      const model::BackboneConfig& config) {
  if (options.dtype == "auto" && !device.is_cpu()) return model::Precision::bf16;
  if (options.dtype == "auto") return lm::faster_precision(config.width, config.ffn_width);
  return options.dtype == "bf16" ? model::Precision::bf16 : model::Precision::fp32;
}

/// A line of results: of one seed, or of all together.
struct Line {
  lm::TaskScore score;
  std::vector<uint64_t> seeds;
};

ordered_json to_json(const TaskEvalOptions& options, const Line& line, double accuracy, const lm::Interval& interval) {
  const lm::TaskScore& score = line.score;
  ordered_json object = {{"task", corpora::name(options.kind)}, {"segments", score.segments}, {"tokens", score.tokens}};
  if (line.seeds.size() == 1)
    object["seed"] = line.seeds[0];
  else
    object["seeds"] = line.seeds;
  object.update({{"samples", score.samples},
                 {"correct", score.correct},
                 {"accuracy", accuracy},
                 {"wilson95", {interval.low, interval.high}},
                 {"seconds", score.seconds}});
  return object;
}

/// Prints accuracies as they become known, under one heading.
class AccuracyTable {
 public:
  explicit AccuracyTable(const TaskEvalOptions& options) : options_(options) {}

  void print(const Line& line) {
    const lm::TaskScore& score = line.score;
    const lm::Interval interval = lm::wilson_interval(score.correct, score.samples);
    const double accuracy = static_cast<double>(score.correct) / static_cast<double>(score.samples);
    if (options_.json) {
      fmt::print("{}\n", to_json(options_, line, accuracy, interval).dump());
    } else {
      if (!headed_) print_cells("segments", "tokens", "seed", "samples", "accuracy", "  95 % (Wilson)");
      headed_ = true;
      print_cells(std::to_string(score.segments), std::to_string(score.tokens),
                  line.seeds.size() == 1 ? std::to_string(line.seeds[0]) : "all", std::to_string(score.samples),
                  fmt::format("{:.2f}%", 100 * accuracy),
                  fmt::format("  {:.2f} … {:.2f}", 100 * interval.low, 100 * interval.high));
    }
    std::fflush(stdout);
  }

 private:
  void print_cells(const std::string& segments, const std::string& tokens, const std::string& seed,
                   const std::string& samples, const std::string& accuracy, const std::string& interval) const {
    const std::string of_seed = options_.seeds > 1 ? fmt::format("{:>6}  ", seed) : "";
    fmt::print("{:>8}  {:>10}  {}{:>8}  {:>8} {}\n", segments, tokens, of_seed, samples, accuracy, interval);
  }

  const TaskEvalOptions& options_;
  bool headed_ = false;
};

corpora::TaskGenerator generator_of(const Asked& asked, const corpora::Background& background, int64_t segments,
                                    uint64_t seed) {
  return {{.kind = asked.task.kind,
           .segments = segments,
           .segment_length = asked.opened.rmt.segment_length,
           .pairs = asked.task.pairs,
           .seed = seed},
          *asked.opened.tokenizer,
          background};
}

/// Every seed, and all of them together. Fewer lines when a signal came.
void print_accuracies(const TaskEvalOptions& options, const Asked& asked, const lm::TaskModel& model,
                      const corpora::Background& background, int64_t segments, AccuracyTable& table) {
  const bool terminal = isatty(STDERR_FILENO) == 1;
  Line all;
  for (uint64_t seed = options.seed; seed < options.seed + static_cast<uint64_t>(options.seeds); ++seed) {
    const corpora::TaskGenerator generator = generator_of(asked, background, segments, seed);
    const lm::TaskScore score = lm::evaluate_task(model, generator, options.samples, options.batch, [&](double done) {
      if (terminal) fmt::print(stderr, "\r\033[K{} segments, seed {}: {:.0f} %", segments, seed, 100 * done);
      return !stop_requested();
    });
    if (terminal) fmt::print(stderr, "\r\033[K");
    if (score.samples > 0) table.print({score, {seed}});
    if (stop_requested()) return;
    all.score = lm::pooled(all.score, score);
    all.seeds.push_back(seed);
  }
  if (options.seeds > 1) table.print(all);
}

void print_attention(const TaskEvalOptions& options, const lm::FactAttention& seen, int64_t segments) {
  const auto percent = [](double share) { return fmt::format("{:.2f} %", 100 * share); };
  if (!options.json)
    fmt::print(
        "\n{} segment{}: what the memory looks at while it is written, in {} segments with a fact, of {} samples\n"
        "(on the fact, of all rows; evenly spread it would be {})\n{:>5}  {:>10}  {:>10}  {:>4}\n",
        segments, segments == 1 ? "" : "s", seen.segments, seen.samples, percent(seen.even_share), "layer", "all heads",
        "best head", "");
  for (int64_t layer = 0; layer < seen.shares.size(0); ++layer) {
    const at::Tensor heads = seen.shares[layer];
    const double mean = heads.mean().item<double>(), most = heads.max().item<double>();
    const auto best = heads.argmax().item<int64_t>();
    if (options.json)
      fmt::print("{}\n", ordered_json{{"task", corpora::name(options.kind)},
                                      {"type", "write_attention_on_facts"},
                                      {"segments", segments},
                                      {"samples", seen.samples},
                                      {"fact_segments", seen.segments},
                                      {"layer", layer},
                                      {"share", mean},
                                      {"best_head", best},
                                      {"best_head_share", most},
                                      {"even_share", seen.even_share}}
                             .dump());
    else
      fmt::print("{:>5}  {:>10}  {:>10}  ({})\n", layer, percent(mean), percent(most), best);
  }
  std::fflush(stdout);
}

}  // namespace

void add_task_eval_options(CLI::App& command, TaskEvalOptions& options) {
  options.model = "task-" + std::string(corpora::name(options.kind));
  command.add_option("--model", options.model, "A trained task's folder, or a bundled name")->capture_default_str();
  command.add_option("--segments", options.segments, "Numbers of segments [1,2,4,8,16,32]")
      ->delimiter(',')
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 30))
      ->default_str("");
  command.add_option("--samples", options.samples, "Samples for each, and for each seed")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  command.add_option("--batch", options.batch, "Samples read together")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Of the samples")->capture_default_str();
  command.add_option("--seeds", options.seeds, "How many seeds, from --seed on: each gives its line, and all one")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command.add_option("--background", options.background, "Documents between the facts; generated text by default")
      ->default_str("");
  command.add_option("--dtype", options.dtype, "Arithmetic")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
      ->capture_default_str();
  command.add_flag("--attention", options.attention,
                   "Also tell how much of what the memory looks at, while it is written, is the facts");
  command.add_flag("--json", options.json, "One JSON object a line");
  command.add_option("--threads", options.threads, "Threads [the cores this process may use]")
      ->check(CLI::Range(1, 4096))
      ->default_str("");
  command.add_option("--models", options.models, "Folder of the bundled models");
  add_device_option(command, options.device);
}

int evaluate_task(const TaskEvalOptions& options) {
  catch_stop_signals();
  model::keep_freed_memory();
  model::configure_threads(options.threads > 0 ? options.threads : model::available_cores());
  const c10::Device device = open_device_aloud(options.device);
  const Asked asked = open_task(options);
  const lm::TaskModel model =
      packed(asked, device, evaluation_precision(options, device, asked.opened.backbone->config()));
  const auto background = make_background(options.background, *asked.opened.tokenizer);
  AccuracyTable table(options);
  for (const int64_t segments : options.segments) {
    print_accuracies(options, asked, model, *background, segments, table);
    if (stop_requested()) return kInterrupted;
  }
  if (!options.attention) return kOk;
  const lm::TaskModel exact = packed(asked, at::kCPU, model::Precision::fp32);
  for (const int64_t segments : options.segments) {
    const lm::FactAttention seen =
        lm::fact_attention(exact, generator_of(asked, *background, segments, options.seed),
                           std::min(options.samples, kSamplesLookedAt), [] { return !stop_requested(); });
    if (stop_requested()) return kInterrupted;
    print_attention(options, seen, segments);
  }
  return kOk;
}

}  // namespace rmt::app
