#include "lm/train/trainer.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "lm/train/error.h"
#include "lm/train/shared_sums.h"
#include "lm/train/train_checkpoint.h"
#include "model/error.h"

namespace rmt::lm {

namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Run {
 public:
  Run(Learner& learner, Batches& batches, const TrainSettings& settings, Processes& processes, TrainListener& listener)
      : learner_(learner),
        batches_(batches),
        settings_(settings),
        processes_(processes),
        listener_(listener),
        optimizer_(learner.parameters(), settings.adamw) {}

  void resume(const std::string& newest) {
    const Position reached = read_checkpoint(newest, learner_, optimizer_, settings_.fingerprint);
    while (at_.total < reached.total && !at_end()) {
      batches_.skip(plan_batch(settings_.stages, at_, settings_.seed));
      at_ = next_position(settings_.stages, at_);
    }
    if (at_.total != reached.total || at_.stage != reached.stage || at_.step != reached.step)
      throw model::Error(model::Errc::malformed, newest + ": the recipe has no step " + std::to_string(reached.step) +
                                                     " of stage " + std::to_string(reached.stage) + " after " +
                                                     std::to_string(reached.total) + " steps in all");
    last_good_ = newest;
    saved_ = at_.total;
  }

  // A folder that only some of the processes see, or an old recipe in one of them, would train several models.
  void require_one_start() {
    if (all_say(processes_, settings_.fingerprint + " " + std::to_string(at_.total))) return;
    throw TrainError(TrainErrc::recipe,
                     "The processes of this run would not start alike; process " + std::to_string(processes_.rank()) +
                         " would after step " + std::to_string(at_.total) + ", with the checkpoints in " +
                         settings_.folder + ". Give all of them the same recipe and an output folder they share.");
  }

  TrainOutcome go(const std::function<bool()>& stop) {
    while (!at_end()) {
      if (processes_.any(stop())) {
        save();
        return TrainOutcome::interrupted;
      }
      take_step();
      if (at_.total % settings_.checkpoint_every == 0) save();
    }
    save();
    return TrainOutcome::finished;
  }

 private:
  bool at_end() const { return at_.stage == static_cast<int64_t>(settings_.stages.size()); }

  void take_step() {
    const double started = seconds_now();
    const BatchPlan plan = plan_batch(settings_.stages, at_, settings_.seed);
    batches_.next(plan);
    optimizer_.zero_gradients();
    StepReport report = report_of(plan, accumulate(plan));
    add_gradients(processes_, optimizer_.parameters());
    report.gradient_norm = gradient_norm(optimizer_.parameters());
    if (!std::isfinite(report.loss) || !std::isfinite(report.gradient_norm)) throw diverged(report);
    if (settings_.clip_norm) clip_norm(optimizer_.parameters(), report.gradient_norm, *settings_.clip_norm);
    if (settings_.clip_value) clip_values(optimizer_.parameters(), *settings_.clip_value);
    optimizer_.step(report.learning_rate);
    report.seconds = seconds_now() - started;
    at_ = next_position(settings_.stages, at_);
    if (processes_.rank() == 0) listener_.on_step(report);
  }

  // This process's shares of the batch; the sums of all processes.
  BatchLoss accumulate(const BatchPlan& plan) {
    const Stage& stage = settings_.stages[static_cast<size_t>(plan.at.stage)];
    BatchLoss sums{std::vector<double>(static_cast<size_t>(plan.segments)), 0};
    const int64_t shares = stage.accumulate * processes_.count();
    for (int64_t turn = 0; turn < stage.accumulate; ++turn) {
      const int64_t share = processes_.rank() * stage.accumulate + turn;
      const auto objective = batches_.objective({share, shares});
      if (!objective) continue;
      // A generator of its own for every share: two processes draw what two turns of accumulation would.
      const auto noise = at::detail::createCPUGenerator(plan.seed + static_cast<uint64_t>(share));
      const BatchLoss loss =
          back_propagate(*objective, {stage.truncation, settings_.recompute, settings_.memory_noise}, noise);
      for (size_t s = 0; s < loss.by_segment.size(); ++s) sums.by_segment[s] += loss.by_segment[s];
      sums.correct += loss.correct;
    }
    add(processes_, sums);
    return sums;
  }

  StepReport report_of(const BatchPlan& plan, const BatchLoss& loss) const {
    StepReport report;
    report.at = plan.at;
    report.segments = plan.segments;
    // There may be none: then there is no loss, rather than one that is no number.
    const auto targets = static_cast<double>(std::max<int64_t>(batches_.targets(), 1));
    report.loss = loss.sum() / targets;
    for (const double sum : loss.by_segment)
      report.by_segment.push_back(sum * static_cast<double>(plan.segments) / targets);
    report.accuracy = static_cast<double>(loss.correct) / targets;
    report.learning_rate = learning_rate(settings_.stages[static_cast<size_t>(plan.at.stage)].schedule, plan.at.step);
    report.tokens = batches_.tokens();
    return report;
  }

  TrainError diverged(const StepReport& report) const {
    return {
        TrainErrc::diverged,
        "Training diverged: step " + std::to_string(report.at.total + 1) + " has a loss of " +
            std::to_string(report.loss) + " and a gradient norm of " + std::to_string(report.gradient_norm) +
            ". A lower learning rate, a longer warm-up or clip-norm helps. " +
            (last_good_.empty() ? "There is no checkpoint yet." : "The last good checkpoint is " + last_good_ + ".")};
  }

  void save() {
    if (saved_ == at_.total) return;
    saved_ = at_.total;
    if (processes_.rank() == 0) {
      listener_.before_checkpoint();
      last_good_ = write_checkpoint(settings_.folder, learner_, optimizer_, at_, settings_.fingerprint, settings_.keep);
      listener_.on_checkpoint(last_good_);
    }
    processes_.wait_for_all();
  }

  Learner& learner_;
  Batches& batches_;
  const TrainSettings& settings_;
  Processes& processes_;
  TrainListener& listener_;
  AdamW optimizer_;
  Position at_;
  int64_t saved_ = -1;
  std::string last_good_;
};

}  // namespace

TrainOutcome train(Learner& learner, Batches& batches, const TrainSettings& settings, Processes& processes, bool resume,
                   TrainListener& listener, const std::function<bool()>& stop) {
  const auto newest = newest_checkpoint(settings.folder);
  if (newest && !resume)
    throw TrainError(TrainErrc::recipe, settings.folder + " holds a run's checkpoints already, the newest " + *newest +
                                            ". --resume goes on from it; another output folder starts afresh.");
  Run run(learner, batches, settings, processes, listener);
  if (newest) run.resume(*newest);
  run.require_one_start();
  return run.go(stop);
}

}  // namespace rmt::lm
