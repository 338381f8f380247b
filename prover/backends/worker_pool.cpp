#include "prover/backends/worker_pool.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "prover/backends/worker_process.h"
#include "prover/lean_backend.h"

namespace rmt::prover {
namespace {

constexpr int kTries = 2;  // for what was being done when a worker died

int default_workers() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

Reply killed(std::optional<size_t> item, KillCause cause, const std::string& what) {
  return {.item = item, .killed = Killed{cause, what}};
}

}  // namespace

// One thread's worker, whichever process it is at the time.
class WorkerPool::Keeper {
 public:
  explicit Keeper(WorkerPool& pool) : pool_(pool) {}

  /// Throws LeanUnavailable.
  Answer answer(const Request& request, const std::stop_token& stop) {
    Answer answer;
    bool has_context = false;
    const auto tell = [&](Reply reply) {
      count(reply);
      if (reply.item) {
        reply.item = answer.items.size();
        answer.items.push_back(std::move(reply));
      } else {
        answer.context = std::move(reply);
        has_context = true;
      }
    };
    if (stop.stop_requested()) {
      tell(killed({}, KillCause::cancelled, "cancelled"));
      return answer;
    }
    for (int deaths = 0;;) {
      const size_t before = answer.items.size();
      try {
        ask(rest_of(request, before), tell, stop);
        return answer;
      } catch (const WorkerDied& death) {
        bury();
        const bool is_complete = has_context && answer.items.size() == request.items.size();
        if (is_complete) return answer;
        if (answer.items.size() > before) deaths = 0;
        if (++deaths < kTries) continue;
        deaths = 0;
        tell(killed(has_context ? std::optional(before) : std::nullopt, KillCause::crash, death.what()));
        if (!answer.context.elaboration) return answer;
      }
    }
  }

 private:
  static Request rest_of(const Request& request, size_t done) {
    Request rest = request;
    rest.items.erase(rest.items.begin(), rest.items.begin() + static_cast<std::ptrdiff_t>(done));
    return rest;
  }

  void ask(const Request& request, const std::function<void(Reply)>& tell, const std::stop_token& stop) {
    if (!process_) start();
    const Done done = process_->answer(request, tell, stop);
    pool_.count([&](PoolLoad& load) {
      load.forks += done.forks - std::exchange(last_.forks, done.forks);
      load.contexts += done.contexts - std::exchange(last_.contexts, done.contexts);
    });
    const PoolOptions& options = pool_.options_;
    if (process_->requests() >= options.requests || done.resident > process_->first_resident() + options.growth)
      process_.reset();
  }

  void start() {
    process_ = std::make_unique<WorkerProcess>(pool_.options_.program, pool_.options_.settings);
    last_ = {};
    pool_.count([&](PoolLoad& load) {
      load.starts += 1;
      if (pool_.lean_version_.empty()) pool_.lean_version_ = process_->lean_version();
    });
  }

  void bury() {
    process_.reset();
    pool_.count([](PoolLoad& load) { load.deaths += 1; });
  }

  void count(const Reply& reply) {
    pool_.count([&](PoolLoad& load) {
      if (reply.item) load.checks += 1;
      if (reply.killed) load.kills[static_cast<size_t>(reply.killed->cause)] += 1;
    });
  }

  WorkerPool& pool_;
  std::unique_ptr<WorkerProcess> process_;
  Done last_;
};

WorkerPool::WorkerPool(PoolOptions options) : options_(std::move(options)) {
  const int workers = options_.workers > 0 ? options_.workers : default_workers();
  load_.workers = workers;
  for (int i = 0; i < workers; ++i) threads_.emplace_back([this](const std::stop_token& quit) { serve(quit); });
  submit({}, {}).get();  // an empty file
}

WorkerPool::~WorkerPool() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

PoolLoad WorkerPool::load() const {
  const std::lock_guard lock(mutex_);
  PoolLoad load = load_;
  load.waiting = jobs_.size();
  return load;
}

std::future<Answer> WorkerPool::submit(Request request, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  if (jobs_.size() >= options_.waiting)
    throw LeanBusy(std::to_string(jobs_.size()) + " requests are waiting for Lean already");
  jobs_.push_back({std::move(request), std::move(stop), {}});
  arrived_.notify_one();
  return jobs_.back().promise.get_future();
}

void WorkerPool::count(const std::function<void(PoolLoad&)>& change) {
  const std::lock_guard lock(mutex_);
  change(load_);
}

std::optional<WorkerPool::Job> WorkerPool::next_job(const std::stop_token& quit) {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait(lock, quit, [&] { return !jobs_.empty(); })) return std::nullopt;
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  load_.busy += 1;
  return job;
}

void WorkerPool::serve(const std::stop_token& quit) {
  Keeper keeper(*this);
  while (std::optional<Job> job = next_job(quit)) {
    const auto start = std::chrono::steady_clock::now();
    Answer answer;
    std::exception_ptr failure;
    try {
      answer = keeper.answer(job->request, job->stop);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    count([&](PoolLoad& load) {
      load.busy -= 1;
      load.busy_s += seconds.count();
    });
    if (failure) {
      job->promise.set_exception(failure);
    } else {
      job->promise.set_value(std::move(answer));
    }
  }
}

}  // namespace rmt::prover
