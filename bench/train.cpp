// bench_train: one training step of a recurrent decoder, every weight trained: N segments back and forth, gradients
// clipped, AdamW. Weights and token ids come from files, so that a rival can be given the same ones.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/from_file.h>
#include <ATen/ops/tensor.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

#include "bench/turns.h"
#include "lm/train/adamw.h"
#include "lm/train/bptt.h"
#include "lm/train/decoder_objective.h"
#include "model/keep_memory.h"
#include "model/rmt/segment_batch.h"
#include "model/weights/weight_source.h"

namespace rmt::bench {
namespace {

using model::Precision;

struct Options {
  std::string model, ids;
  Precision precision = Precision::fp32;
  int64_t memory_tokens = 10, segment_length = 512, segments = 4, batch = 1;
  bool all_graphs = false;
  Turns turns;
};

Options parse(int argc, char** argv) {
  Options o;
  CLI::App app{"Times a training step"};
  const std::map<std::string, Precision> precisions{{"fp32", Precision::fp32}, {"bf16", Precision::bf16}};
  app.add_option("--model", o.model, "Model folder")->required();
  app.add_option("--ids", o.ids, "Token ids, raw int32")->required();
  app.add_option("--precision", o.precision)->transform(CLI::CheckedTransformer(precisions));
  app.add_option("--memory-tokens", o.memory_tokens)->capture_default_str();
  app.add_option("--segment-length", o.segment_length)->capture_default_str();
  app.add_option("--segments", o.segments, "Segments a gradient runs through")->capture_default_str();
  app.add_option("--batch", o.batch)->capture_default_str();
  app.add_flag("--all-graphs", o.all_graphs, "Keep every segment's graph instead of recomputing it");
  add_turns_options(app, o.turns);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  return o;
}

class Training {
 public:
  explicit Training(const Options& o) : o_(o) {
    const model::ModelFiles files = model::open_model_files(o.model);
    backbone_ = model::load_backbone(files.config, *files.weights);
    backbone_->compute_in(o.precision);
    memory_ = model::make_initial_memory(*backbone_, o.memory_tokens, /*seed=*/1).requires_grad_(true);
    std::vector<lm::Parameter> parameters{{"memory", memory_}};
    for (const auto& [name, tensor] : backbone_->leaves())
      parameters.push_back({name, tensor.set_requires_grad(true), 1.0, tensor.dim() > 1});
    optimizer_.emplace(std::move(parameters), lm::AdamWOptions{});
    decoder_.emplace(backbone_, model::RmtConfig{o.memory_tokens, o.segment_length}, memory_);
    const int64_t tokens = o.segments * o.segment_length + 1;
    rows_ = at::from_file(o.ids, false, o.batch * tokens, at::kInt).to(at::kLong).view({o.batch, tokens});
  }

  /// The mean loss before the step.
  double step() {
    optimizer_->zero_gradients();
    const auto targets = static_cast<double>(rows_.size(0) * (rows_.size(1) - 1));
    const lm::DecoderObjective objective(*decoder_, rows_, o_.segment_length, 1.0 / targets);
    const lm::BatchLoss loss =
        lm::back_propagate(objective, {.recompute = !o_.all_graphs}, at::detail::createCPUGenerator(0));
    lm::clip_norm(optimizer_->parameters(), lm::gradient_norm(optimizer_->parameters()), 1.0);
    optimizer_->step(1e-5);
    return loss.sum() / targets;
  }

 private:
  const Options& o_;
  std::shared_ptr<model::Backbone> backbone_;
  at::Tensor memory_, rows_;
  std::optional<lm::AdamW> optimizer_;
  std::optional<model::RmtDecoder> decoder_;
};

void run(const Options& o) {
  model::keep_freed_memory();
  Training training(o);
  forget_peak();
  take_turns(o.turns, {{"ready", "bench_train"}, {"precision", name(o.precision)}}, [&]() -> nlohmann::json {
    const double loss = training.step();
    return {{"tokens", o.batch * o.segments * o.segment_length}, {"loss", loss}, {"peak_kb", resident_kb("VmHWM")}};
  });
}

}  // namespace
}  // namespace rmt::bench

int main(int argc, char** argv) try {
  rmt::bench::run(rmt::bench::parse(argc, argv));
} catch (const std::exception& error) {
  std::cerr << "bench_train: " << error.what() << "\n";
  return 1;
}
