// The loop apart from any model: order of events, resuming, clipping, divergence, what is refused.
#include "lm/train/trainer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <c10/core/GradMode.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "lm/train/error.h"
#include "lm/train/train_checkpoint.h"
#include "model/error.h"
#include "model/weights/mapped_file.h"
#include "model/weights/safetensors.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

namespace fs = std::filesystem;

/// One weight, written as it is.
class OneWeight final : public lm::Learner {
 public:
  at::Tensor weight = at::full({1}, 2.0).requires_grad_();

  std::vector<lm::Parameter> parameters() const override { return {{"weight", weight, 1.0, false}}; }
  void save(const std::string& folder) const override {
    model::save_safetensors(folder + "/weight.safetensors", {{"weight", weight.detach()}});
  }
  void load(const std::string& folder) override {
    const model::MappedFile file(folder + "/weight.safetensors");
    const c10::AutoGradMode off(false);
    weight.copy_(model::read_safetensors(file.bytes()).tensors.at(0).second);
  }
};

/// A loss of `slope` times the weight, in one segment.
class Slope final : public lm::Objective {
 public:
  Slope(const at::Tensor& weight, double slope) : weight_(weight), slope_(slope) {}
  int64_t segments() const override { return 1; }
  model::MemoryState start() const override { return {at::zeros({1, 1, 1}), {0}, {0}}; }
  model::MemoryState read(int64_t, const model::MemoryState& state) const override { return state; }
  lm::SegmentStep step(int64_t, const model::MemoryState& state) const override {
    return {weight_ * 1.0, at::full({1}, slope_), slope_ * weight_.item<double>(), 0, state};
  }

 private:
  at::Tensor weight_;
  double slope_;
};

/// Every batch has the slope of its step; two targets.
class Slopes final : public lm::Batches {
 public:
  Slopes(const OneWeight& learner, std::vector<double> slopes) : learner_(learner), slopes_(std::move(slopes)) {}

  void next(const lm::BatchPlan& plan) override {
    made.push_back(plan.at.total);
    slope_ = slopes_.at(static_cast<size_t>(plan.at.total));
  }
  void skip(const lm::BatchPlan& plan) override { skipped.push_back(plan.at.total); }
  std::unique_ptr<lm::Objective> objective(lm::BatchShare share) const override {
    if (share.index > 0) return nullptr;
    return std::make_unique<Slope>(learner_.weight, slope_);
  }
  int64_t targets() const override { return 2; }
  int64_t tokens() const override { return 3; }

  std::vector<int64_t> made, skipped;

 private:
  const OneWeight& learner_;
  std::vector<double> slopes_;
  double slope_ = 0;
};

/// What happened, in order.
struct Diary final : lm::TrainListener {
  void on_step(const lm::StepReport& step) override {
    steps.push_back(step);
    events += std::to_string(step.at.total + 1) + " ";
  }
  void before_checkpoint() override { events += "( "; }
  void on_checkpoint(const std::string& folder) override {
    CHECK(fs::exists(folder + "/training.toml"));
    events += fs::path(folder).filename().string() + " ) ";
  }
  std::vector<lm::StepReport> steps;
  std::string events;
};

/// Two stages of 2 and 3 steps.
struct Fixture {
  Fixture() {
    settings.stages = {{.segments = 1, .batch = 1, .schedule = {.peak = 0.1, .steps = 2}},
                       {.segments = 1, .batch = 1, .schedule = {.peak = 0.2, .steps = 3}}};
    settings.folder = folder / "out";
    settings.checkpoint_every = 2;
    settings.keep = 10;
    settings.fingerprint = "f";
    fs::create_directory(settings.folder);
  }

  /// Stops before the step after `stop_after` of this call's.
  lm::TrainOutcome run(bool resume, size_t stop_after = 99, std::vector<double> slopes = {1, 2, 3, 4, 5}) {
    learner = OneWeight();
    batches = std::make_unique<Slopes>(learner, std::move(slopes));
    diary = Diary();
    const auto processes = lm::single_process();
    return train(learner, *batches, settings, *processes, resume, diary,
                 [&] { return diary.steps.size() >= stop_after; });
  }

  TemporaryFolder folder;
  lm::TrainSettings settings;
  OneWeight learner;
  std::unique_ptr<Slopes> batches;
  Diary diary;
};

TEST_CASE_FIXTURE(Fixture, "stages one after another, checkpoints on the way and at the end, listeners told first") {
  CHECK(run(false) == lm::TrainOutcome::finished);
  CHECK(diary.events == "1 2 ( step-000002 ) 3 4 ( step-000004 ) 5 ( step-000005 ) ");
  CHECK(batches->made == std::vector<int64_t>{0, 1, 2, 3, 4});
  const lm::StepReport& third = diary.steps[2];
  CHECK(third.at.stage == 1);
  CHECK(third.at.step == 0);
  CHECK(third.learning_rate == doctest::Approx(0.2));
  CHECK(third.gradient_norm == doctest::Approx(3));
  CHECK(third.tokens == 3);
  CHECK(diary.steps[0].loss == doctest::Approx(2.0 / 2));
  CHECK(diary.steps[0].by_segment == std::vector<double>{1.0});
}

TEST_CASE_FIXTURE(Fixture, "stopped and resumed it is as if it had never stopped, and does no batch twice") {
  CHECK(run(false) == lm::TrainOutcome::finished);
  const at::Tensor unbroken = learner.weight.detach().clone();
  fs::remove_all(settings.folder);
  fs::create_directory(settings.folder);

  CHECK(run(true, 3) == lm::TrainOutcome::interrupted);
  CHECK(diary.events == "1 2 ( step-000002 ) 3 ( step-000003 ) ");
  CHECK(run(true) == lm::TrainOutcome::finished);
  CHECK(batches->skipped == std::vector<int64_t>{0, 1, 2});
  CHECK(batches->made == std::vector<int64_t>{3, 4});
  CHECK(same_bits(learner.weight.detach(), unbroken));
  CHECK(run(true) == lm::TrainOutcome::finished);  // there is nothing left to do
  CHECK(diary.events.empty());
  CHECK(same_bits(learner.weight.detach(), unbroken));
}

TEST_CASE_FIXTURE(Fixture, "a folder with checkpoints is not started afresh") {
  run(false, 3);
  try {
    run(false);
    FAIL("it started");
  } catch (const lm::TrainError& error) {
    CHECK(error.code() == lm::TrainErrc::recipe);
    CHECK(std::string(error.what()).find("step-000003. --resume goes on from it") != std::string::npos);
  }
  CHECK(fs::exists(settings.folder + "/step-000003"));
}

TEST_CASE_FIXTURE(Fixture, "a loss or a gradient that is no number ends the run, naming the last good checkpoint") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {nan, infinity}) {
    fs::remove_all(settings.folder);
    fs::create_directory(settings.folder);
    const auto message = [&](bool resume, const std::vector<double>& slopes) -> std::string {
      try {
        run(resume, 99, slopes);
      } catch (const lm::TrainError& error) {
        CHECK(error.code() == lm::TrainErrc::diverged);
        return error.what();
      }
      return "no error";
    };
    CHECK(message(false, {bad, 1, 1, 1, 1}).find("There is no checkpoint yet.") != std::string::npos);
    const std::string third = message(false, {1, 1, bad, 1, 1});
    CHECK(third.find("step 3") != std::string::npos);
    CHECK(third.find("The last good checkpoint is " + settings.folder + "/step-000002.") != std::string::npos);
    CHECK(std::isfinite(learner.weight.item<double>()));
    CHECK(message(true, {1, 1, bad, 1, 1}).find("step-000002.") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Fixture, "gradients are clipped before the step, and reported as they were") {
  settings.adamw = {.beta1 = 0, .beta2 = 0.5, .epsilon = 1.0, .weight_decay = 0};
  run(false, 1, {8, 0, 0, 0, 0});
  const double unclipped = 2.0 - learner.weight.item<double>();  // rate * g / (|g| + 1)
  CHECK(unclipped == doctest::Approx(0.1 * 8 / 9).epsilon(1e-5));
  for (const bool by_norm : {true, false}) {
    fs::remove_all(settings.folder);
    fs::create_directory(settings.folder);
    settings.clip_norm = by_norm ? std::optional(3.0) : std::nullopt;
    settings.clip_value = by_norm ? std::nullopt : std::optional(3.0);
    run(false, 1, {8, 0, 0, 0, 0});
    CHECK(2.0 - learner.weight.item<double>() == doctest::Approx(0.1 * 3 / 4).epsilon(1e-5));
    CHECK(diary.steps[0].gradient_norm == doctest::Approx(8));
  }
}

TEST_CASE_FIXTURE(Fixture, "a checkpoint that stands where the curriculum has no step is refused") {
  run(false, 2);
  const std::string file = settings.folder + "/step-000002/training.toml", good = read_file(file);
  for (const auto& [from, to] : {std::pair{"total = 2", "total = 9999"},
                                 {"total = 2", "total = 3"},
                                 {"stage = 1", "stage = 0"},
                                 {"step = 0", "step = 1"}}) {
    std::string text = good;
    text.replace(text.find(from), std::string(from).size(), to);
    write_file(file, text);
    CAPTURE(to);
    CHECK_THROWS_AS(run(true), model::Error);
  }
  write_file(file, good);
  CHECK(run(true) == lm::TrainOutcome::finished);
}

}  // namespace
}  // namespace rmt::tests
