// The steps of a training run in a trace database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lm/store/store.h"
#include "lm/train/trainer.h"

namespace rmt::lm {

/// A step as it is stored.
store::TrainStepRow to_row(const StepReport& step);

/// Writes in transactions at least a second of training apart, and before every checkpoint: what a resumed run does
/// not repeat is stored by then. The run itself begins with its first step.
class TrainRecords final : public TrainListener {
 public:
  /// Opens or creates the database at `path`. With `resume` the newest unfinished run of the same specification goes
  /// on, if there is one; steps it stored after its checkpoint are replaced. Throws store::Error.
  TrainRecords(const std::string& path, store::RunSpec spec, bool resume);
  TrainRecords(const TrainRecords&) = delete;
  TrainRecords& operator=(const TrainRecords&) = delete;

  void on_step(const StepReport& step) override;
  void before_checkpoint() override { write(); }

  void end(store::RunStatus status);
  /// After an error, which may be the store's own: then the run stays as it is, to be resumed.
  void end_failed() noexcept;

  /// Nothing before the first step of a new run.
  std::optional<int64_t> run() const { return run_; }
  /// All that is stored of the run, in order.
  std::vector<store::TrainStepRow> steps() const;

 private:
  void write();

  store::Store store_;
  store::RunSpec spec_;
  std::optional<int64_t> run_;
  std::vector<store::TrainStepRow> waiting_;
  double waiting_seconds_ = 0;
};

}  // namespace rmt::lm
