// One thread that owns the model and serves many jobs with it, tick by tick. A tick decodes one token of every lane and
// reads one segment of one job; owners take turns, and so do the jobs of each. Between ticks jobs begin, are cancelled,
// and end.
//
//   any thread ── submit, feed, cancel ──▶ inbox ──▶ ticks ──▶ JobListener
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "corpora/tokenizer.h"
#include "lm/engine/active_job.h"
#include "lm/engine/generator.h"
#include "lm/engine/prefix_cache.h"
#include "lm/engine/sampler.h"
#include "lm/engine/stream_model.h"
#include "lm/engine/turns.h"

namespace rmt::engine {

struct SchedulerOptions {
  int64_t active_jobs = 64;             ///< worked on at once; others wait. Those that wait to be fed are none of them
  int64_t waiting_jobs = 256;           ///< may wait beyond those
  int64_t starved_jobs = 4096;          ///< may wait to be fed: each keeps no more than one reading
  int64_t waiting_tokens = 16'000'000;  ///< of prompts not yet read, all jobs together
  int64_t lanes = 16;                   ///< continuations generated at once: each keeps one segment's keys and values
  int64_t segments_per_tick = 1;        ///< more pay only where a device computes several at once
  int64_t cache_bytes = 64 << 20;       ///< of readings kept for prompts that begin alike
  std::function<void()> on_thread{};    ///< called first on the model's thread, to set it up
};

class Scheduler final : public Generator {
 public:
  /// `tokenizer` must outlive the scheduler.
  Scheduler(std::unique_ptr<StreamModel> model, const corpora::Tokenizer& tokenizer, SchedulerOptions options);
  /// Ends all jobs as shut_down.
  ~Scheduler() override;

  const GeneratorInfo& info() const override { return model_->info(); }
  GeneratorLoad load() const override;
  JobId submit(Job job, std::shared_ptr<JobListener> listener) override;
  bool feed(JobId job, std::vector<int32_t> tokens, bool last) override;
  void cancel(JobId job) override;
  std::string save(const Reading& reading) const override { return model_->save(reading); }
  Reading restore(const std::string& bytes) const override { return model_->restore(bytes); }

  /// Takes no more jobs; those it has go on.
  void stop_accepting();
  /// Ends all jobs as shut_down, within a tick; takes no more.
  void end_all();

 private:
  struct Submitted {
    JobId id;
    Job job;
    std::shared_ptr<JobListener> listener;
    double at_s;
  };
  struct Fed {
    JobId id;
    std::vector<int32_t> tokens;
    bool last;
  };
  struct Cancelled {
    JobId id;
  };
  using Message = std::variant<Submitted, Fed, Cancelled>;

  void check(const Job& job) const;
  void check_room(const Job& job) const;

  // All below on the model's thread.
  void run();
  bool take_messages();
  void take(Submitted& submitted);
  void take(Fed& fed);
  void take(const Cancelled& cancelled);
  std::deque<Submitted>::iterator find_waiting(JobId id);
  void refuse(const Submitted& submitted, Ending ending, const std::string& why = {});
  void forget(JobId job);
  void shut_down_jobs();
  void begin_waiting();
  void begin(Submitted submitted);
  void decode();
  void read();
  bool may_read(const ActiveJob& job) const;
  void read_segments(std::span<ActiveJob* const> jobs);
  void remove_ended();
  int64_t open_lanes() const;
  int64_t starved_jobs() const;
  bool may_begin() const;
  bool has_work() const;
  void publish();

  const std::unique_ptr<StreamModel> model_;
  const corpora::Tokenizer& tokenizer_;
  const SchedulerOptions options_;
  Sampler sampler_;
  PrefixCache cache_;
  std::deque<Submitted> waiting_;
  std::map<JobId, std::unique_ptr<ActiveJob>> jobs_;
  Turns turns_;
  double reading_debt_s_ = 0;  // time reading has had more than decoding, while there was something to decode
  GeneratorLoad done_;         // sums over ticks and over jobs that are no more

  mutable std::mutex mutex_;  // of all below
  std::condition_variable arrived_;
  std::vector<Message> inbox_;
  int64_t inbox_tokens_ = 0, taken_tokens_ = 0;  // of prompts in the inbox; taken since the last publish()
  std::set<JobId> known_;                        // submitted and not ended
  int64_t starved_ = 0;                          // of those, when it was last published
  JobId last_id_ = 0;
  GeneratorLoad load_;
  bool accepting_ = true, end_all_ = false, quit_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace rmt::engine
