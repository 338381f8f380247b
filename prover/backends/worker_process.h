// One rmt-lm-lean-worker, as the program sees it. See prover/worker/wire.h for what goes between.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "prover/backends/child_process.h"
#include "prover/worker/frame.h"
#include "prover/worker/wire.h"

namespace rmt::prover {

/// It ended, fell silent or spoke nonsense in the middle of a request; another one may do better.
class WorkerDied : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// For one thread, which must outlive it.
class WorkerProcess {
 public:
  /// Returns when the worker has its library loaded. Throws LeanUnavailable: no program, another Lean, no library.
  WorkerProcess(const std::string& program, const Settings& settings);

  /// Tells the replies as they come: the context's, where that is without error each item's. `request.id` is set here.
  /// Once `stop` is requested the items left are told as cancelled. Throws WorkerDied, RejectedInput.
  Done answer(Request request, const std::function<void(Reply)>& tell, const std::stop_token& stop);

  const std::string& lean_version() const { return greeting_.lean_version; }
  pid_t id() const { return process_->id(); }
  uint64_t requests() const { return last_id_; }
  uint64_t first_resident() const { return first_resident_; }

 private:
  std::string next_frame(std::chrono::seconds patience);
  void send(const std::string& message);
  [[noreturn]] void fail(const std::string& how);

  const WorkerLimits limits_;
  std::unique_ptr<ChildProcess> process_;
  FrameBuffer frames_;
  std::string errors_;  // the end of what it said on standard error
  Greeting greeting_;
  uint64_t last_id_ = 0, first_resident_ = 0;
};

}  // namespace rmt::prover
