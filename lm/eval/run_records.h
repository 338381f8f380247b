// Begins, finds again and ends the runs of a trace database that take an evaluation's rows. A windowed
// baseline is a run of its own beside the main one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lm/eval/eval_settings.h"
#include "lm/eval/identity.h"
#include "lm/store/store.h"

namespace rmt::lm {

/// What `rmt-lm eval` ran, for the store. `inputs` are the paths given; they, and everything else that
/// decides a number, are part of the configuration.
store::RunSpec run_spec(const Identity& identity, const std::vector<std::string>& inputs, bool lossy);

class RunRecords {
 public:
  /// Opens or creates the database at `path`. With `resume` the newest unfinished run of the same
  /// specification goes on, if there is one. Throws store::Error.
  RunRecords(const std::string& path, const store::RunSpec& spec, bool with_strided, bool resume);
  RunRecords(const RunRecords&) = delete;
  RunRecords& operator=(const RunRecords&) = delete;

  const Recording& recording() const { return recording_; }
  bool resumed() const { return resumed_; }
  /// An unfinished run of the same specification that was left alone because `resume` was not asked for.
  std::optional<int64_t> left_alone() const { return left_alone_; }

  void end(store::RunStatus status);
  /// After an error, which may be the store's own: then the runs stay as they are, to be resumed.
  void end_failed() noexcept;

 private:
  void open_strided(store::RunSpec spec);

  store::Store store_;
  Recording recording_;
  bool with_strided_, resumed_ = false;
  std::optional<int64_t> left_alone_;
};

}  // namespace rmt::lm
