// The worker's side of a context: starts its process, gives it items, takes the replies, and ends what takes too long
// or grows too large. What comes from there is checked like anything else that a stranger sends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "prover/backends/descriptor.h"
#include "prover/worker/context_child.h"
#include "prover/worker/frame.h"
#include "prover/worker/inbox.h"
#include "prover/worker/limits.h"
#include "prover/worker/wire.h"

namespace rmt::prover {

class ContextProcess {
 public:
  /// Forks. `library` and `limits` outlive it. Throws std::system_error where there is no process to be had.
  ContextProcess(const LoadedLibrary& library, const Request& request, const WorkerLimits& limits);
  /// Ends it and all below it.
  ~ContextProcess();
  ContextProcess(const ContextProcess&) = delete;
  ContextProcess& operator=(const ContextProcess&) = delete;

  bool is_for(const Request& request) const { return context_ == request.context && options_ == request.options; }

  /// What became of the context: waits the first time, unless `request` is cancelled.
  const Reply& reply(Inbox& inbox, uint64_t request);

  /// Does a batch in one more process and tells the replies in order as they come. Nothing when all were done; else why
  /// the first item without a reply was ended. Those behind it have not been looked at.
  std::optional<Killed> run(const Batch& batch, const std::function<void(Reply)>& tell, Inbox& inbox, uint64_t request);

  /// It can do no more: its items want another one.
  bool is_lost() const { return lost_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Patience {
    Clock::time_point until;
    std::string exhausted;
  };

  static Patience patience(int seconds, const std::string& what);
  std::variant<std::string, Killed> await(const Patience& patience, Inbox& inbox, uint64_t request);
  std::optional<Killed> trouble(const Patience& patience, Inbox& inbox, uint64_t request);
  bool has_grown_too_large();
  Killed end_batch(Killed why, Inbox& inbox);
  Killed lose(Killed why);
  int end_process();

  const WorkerLimits& limits_;
  const std::string context_, options_;
  pid_t id_ = -1;
  Descriptor channel_;
  FrameBuffer frames_;
  std::optional<Reply> reply_;
  Clock::time_point looked_ = Clock::now();  // at the memory
  bool lost_ = false;
};

}  // namespace rmt::prover
