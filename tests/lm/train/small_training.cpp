#include "tests/lm/train/small_training.h"

#include "lm/train/train_checkpoint.h"
#include "tests/lm/model_folder.h"

namespace rmt::tests {

namespace {

struct Collector final : lm::TrainListener {
  void on_step(const lm::StepReport& step) override { steps.push_back(step); }
  std::vector<lm::StepReport> steps;
};

}  // namespace

lm::LoadedModel open_small(const std::string& path, int64_t memory_tokens) {
  return lm::open_model({.model = path,
                         .memory_tokens = memory_tokens,
                         .segment_length = 12,
                         .positions = model::TextPositions::pretrained,
                         .memory_seed = 5});
}

lm::Stage small_stage(int64_t steps, double rate) {
  return {.segments = 2, .batch = 4, .schedule = {.peak = rate, .steps = steps}};
}

SmallTraining::SmallTraining() {
  std::filesystem::create_directories(model());
  write_small_model(model());
  write_file(folder.path() / "text" / "a.txt", random_text(1500, 1));
  write_file(folder.path() / "text" / "b.txt", random_text(700, 2));
  settings.seed = 11;
  settings.stages = {small_stage(3)};
  settings.folder = folder / "out";
  settings.checkpoint_every = 1000;
  settings.fingerprint = "small";
  std::filesystem::create_directory(settings.folder);
}

std::vector<lm::StepReport> SmallTraining::train(lm::Learner& learner, const model::RmtDecoder& decoder) const {
  const auto tokenizer = byte_tokenizer(/*special=*/true);
  int64_t segments = 1;
  for (const lm::Stage& stage : settings.stages) segments = std::max(segments, stage.segments);
  lm::DocumentBatches batches(
      decoder,
      lm::RowMixture({{{folder / "text"}, 1.0}}, *tokenizer, segments * decoder.config().segment_length + 1, 8, 3),
      settings.stages);
  if (recorded)
    batches.record(std::make_unique<lm::RecordedSegments>(decoder, learner.parameters(), [](const std::string&) {}));
  Collector collector;
  const auto processes = lm::single_process();
  lm::train(learner, batches, settings, *processes, /*resume=*/false, collector, [] { return false; });
  return collector.steps;
}

std::string SmallTraining::newest() const {
  return lm::newest_checkpoint(settings.folder).value();
}

}  // namespace rmt::tests
