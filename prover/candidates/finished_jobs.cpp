#include "prover/candidates/finished_jobs.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace rmt::prover {
namespace {

/// Counts the jobs that have not ended.
class Gate {
 public:
  void enter() {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();
  }
  void wait_until_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = 0;
};

/// Collects one job on the model's thread; read by the waiting thread once the gate is empty.
class Collector final : public engine::JobListener {
 public:
  Collector(size_t job, size_t continuations, const OnText& on_text, std::shared_ptr<Gate> gate)
      : job_(job), on_text_(on_text), gate_(std::move(gate)) {
    result.continuations.resize(continuations);
  }

  void on_token(const engine::GeneratedToken& token) override {
    FinishedContinuation& one = add(token.continuation, token.text);
    one.logprob += static_cast<double>(token.logprob);
    ++one.tokens;
  }
  void on_continuation_end(const engine::ContinuationEnd& end) override {
    add(end.continuation, end.text).ending = end.ending;
  }
  void on_end(const engine::JobEnd& end) override {
    result.end = end;
    gate_->leave();
  }

  FinishedJob result;

 private:
  FinishedContinuation& add(int continuation, const std::string& text) {
    FinishedContinuation& one = result.continuations[static_cast<size_t>(continuation)];
    one.text += text;
    if (!text.empty() && on_text_) on_text_(job_, static_cast<size_t>(continuation), text);
    return one;
  }

  const size_t job_;
  const OnText& on_text_;
  const std::shared_ptr<Gate> gate_;
};

class RunningJobs {
 public:
  RunningJobs(engine::Generator& generator, const OnText& on_text) : generator_(generator), on_text_(on_text) {}

  void start(engine::Job job) {
    auto collector = std::make_shared<Collector>(collectors_.size(), job.continuations.size(), on_text_, gate_);
    gate_->enter();
    try {
      ids_.push_back(generator_.submit(std::move(job), collector));
    } catch (const std::exception& error) {
      gate_->leave();
      throw CandidateError(error.what());
    }
    collectors_.push_back(std::move(collector));
  }

  void cancel() {
    for (const engine::JobId id : ids_) generator_.cancel(id);
  }

  void wait() { gate_->wait_until_empty(); }

  std::vector<FinishedJob> take_results() {
    std::vector<FinishedJob> results;
    results.reserve(collectors_.size());
    for (const auto& collector : collectors_) {
      const engine::JobEnd& end = collector->result.end;
      if (end.ending == engine::Ending::failed) throw CandidateError("The model failed: " + end.why);
      if (end.ending == engine::Ending::shut_down) throw CandidateError("The model is being shut down.");
      results.push_back(std::move(collector->result));
    }
    return results;
  }

 private:
  engine::Generator& generator_;
  const OnText& on_text_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::vector<engine::JobId> ids_;
  std::vector<std::shared_ptr<Collector>> collectors_;
};

}  // namespace

std::vector<FinishedJob> finish_jobs(engine::Generator& generator, std::vector<engine::Job> jobs, const OnText& on_text,
                                     const std::stop_token& stop) {
  RunningJobs running(generator, on_text);
  try {
    for (engine::Job& job : jobs) running.start(std::move(job));
  } catch (...) {
    running.cancel();
    running.wait();
    throw;
  }
  {
    const std::stop_callback on_stop(stop, [&running] { running.cancel(); });
    running.wait();
  }
  return running.take_results();
}

}  // namespace rmt::prover
