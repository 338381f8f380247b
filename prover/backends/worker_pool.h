// Lean workers side by side: each has a thread that gives it one request after another, and starts another one when it
// dies or has grown old.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "prover/worker/wire.h"

namespace rmt::prover {

struct PoolOptions {
  std::string program;          ///< rmt-lm-lean-worker
  Settings settings = {};       ///< of every worker
  int workers = 0;              ///< 0: one less than there are processors, at least one
  size_t waiting = 64;          ///< requests beyond those being worked on
  uint64_t requests = 10'000;   ///< after which a worker is replaced
  uint64_t growth = 200 << 20;  ///< bytes of its own after which it is, too
};

/// For health pages and metrics. Sums since the pool began.
struct PoolLoad {
  int workers = 0, busy = 0;
  size_t waiting = 0;                         ///< requests
  uint64_t checks = 0;                        ///< items with a reply, killed or not
  uint64_t forks = 0;                         ///< processes for items
  uint64_t contexts = 0;                      ///< elaborated
  uint64_t starts = 0;                        ///< of workers
  uint64_t deaths = 0;                        ///< of workers, in the middle of a request
  std::array<uint64_t, kKillCauses> kills{};  ///< by KillCause
  double busy_s = 0;                          ///< of all workers; checks / busy_s is what one of them does in a second
};

/// What a request came to.
struct Answer {
  Reply context;
  std::vector<Reply> items;  ///< as many as there were, in their order; none where the context was not to be had
};

/// Safe to call from any thread.
class WorkerPool {
 public:
  /// Returns when one worker is ready. Throws LeanUnavailable.
  explicit WorkerPool(PoolOptions options);
  ~WorkerPool();

  int workers() const { return static_cast<int>(threads_.size()); }
  const std::string& lean_version() const { return lean_version_; }
  PoolLoad load() const;

  /// An item whose worker died twice is told as killed. The future may throw LeanUnavailable. Throws LeanBusy.
  std::future<Answer> submit(Request request, std::stop_token stop);

 private:
  struct Job {
    Request request;
    std::stop_token stop;
    std::promise<Answer> promise;
  };
  class Keeper;

  void serve(const std::stop_token& quit);
  std::optional<Job> next_job(const std::stop_token& quit);
  void count(const std::function<void(PoolLoad&)>& change);

  const PoolOptions options_;

  mutable std::mutex mutex_;  // of all below but the threads
  std::string lean_version_;  // constant once the first worker has told it
  std::condition_variable_any arrived_;
  std::deque<Job> jobs_;
  PoolLoad load_;

  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace rmt::prover
