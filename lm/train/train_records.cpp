#include "lm/train/train_records.h"

#include <utility>

#include "lm/store/error.h"

namespace rmt::lm {

namespace {

constexpr double kSecondsBetweenWrites = 1.0;

}  // namespace

store::TrainStepRow to_row(const StepReport& step) {
  return {.step = step.at.total + 1,
          .stage = step.at.stage + 1,
          .segments = step.segments,
          .loss = step.loss,
          .gradient_norm = step.gradient_norm,
          .learning_rate = step.learning_rate,
          .tokens = step.tokens,
          .ms = 1000 * step.seconds,
          .by_segment = step.by_segment};
}

TrainRecords::TrainRecords(const std::string& path, store::RunSpec spec, bool resume)
    : store_(store::Store::open(path)), spec_(std::move(spec)) {
  if (!resume) return;
  if (const auto unfinished = store_.find_resumable(spec_)) {
    run_ = unfinished->id;
    store_.resume_run(*run_, spec_);
  }
}

void TrainRecords::on_step(const StepReport& step) {
  if (!run_) run_ = store_.begin_run(spec_);
  waiting_.push_back(to_row(step));
  waiting_seconds_ += step.seconds;
  if (waiting_seconds_ >= kSecondsBetweenWrites) write();
}

void TrainRecords::write() {
  if (waiting_.empty()) return;
  store_.add_train_steps(*run_, waiting_);
  waiting_.clear();
  waiting_seconds_ = 0;
}

void TrainRecords::end(store::RunStatus status) {
  write();
  if (run_) store_.end_run(*run_, status);
}

void TrainRecords::end_failed() noexcept try { end(store::RunStatus::failed); } catch (const store::Error&) {
}

std::vector<store::TrainStepRow> TrainRecords::steps() const {
  if (!run_) return {};
  return store_.train_steps(*run_);
}

}  // namespace rmt::lm
