// A worker's life: requests in, replies out, the contexts of the last few kept at hand.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "prover/worker/context_process.h"
#include "prover/worker/inbox.h"

namespace rmt::prover {

class WorkerServer {
 public:
  /// `send` takes one frame. All outlive the server.
  WorkerServer(const LoadedLibrary& library, const WorkerLimits& limits, Inbox& inbox,
               std::function<void(const std::string&)> send);

  void answer(const Request& request);

 private:
  ContextProcess& context_of(const Request& request);
  void forget(const ContextProcess& context);
  void do_items(const Request& request);
  void report_rest(const Request& request, size_t from, const Killed& why);

  const LoadedLibrary& library_;
  const WorkerLimits& limits_;
  Inbox& inbox_;
  std::function<void(const std::string&)> send_;
  std::list<std::unique_ptr<ContextProcess>> contexts_;  // the last used first
  Done done_;
};

}  // namespace rmt::prover
