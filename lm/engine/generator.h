// The model as servers and provers see it: jobs go in, tokens and scores come out. No tensor crosses this line.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "lm/engine/job.h"
#include "lm/engine/reading.h"

namespace rmt::engine {

/// Told what becomes of a job, from the model's thread: must return at once and not throw.
class JobListener {
 public:
  virtual ~JobListener() = default;

  virtual void on_scored(const ScoredTokens& /*scored*/) {}
  virtual void on_seen(const SeenSegment& /*seen*/) {}
  virtual void on_token(const GeneratedToken& /*token*/) {}
  virtual void on_continuation_end(const ContinuationEnd& /*end*/) {}
  /// A job that is fed has begun, or has read nearly all it was given: more is welcome. Who feeds only then, a little
  /// each time, never piles up what cannot be read yet.
  virtual void on_hungry() {}
  /// Last of all, once.
  virtual void on_end(const JobEnd& end) = 0;
};

/// More waits than may wait. Nothing was taken in.
class Overloaded : public std::runtime_error {
 public:
  Overloaded(const std::string& what, double retry_after_s) : std::runtime_error(what), retry_after_s_(retry_after_s) {}
  double retry_after_s() const { return retry_after_s_; }

 private:
  double retry_after_s_;
};

struct GeneratorInfo {
  std::string model;  ///< name it is served under
  std::string dtype, device;
  int64_t parameters = 0, weight_bytes = 0, layers = 0;
  bool resets_memory = false;  ///< every segment begins from the initial memory: nothing is carried on
  ReadingInfo reading;
  std::vector<int32_t> eos;  ///< tokens that end a text
};

/// For health checks, metrics and Retry-After.
struct GeneratorLoad {
  int64_t queued_jobs = 0, queued_tokens = 0;  ///< waiting to begin; prompt tokens still to be read
  int64_t reading_jobs = 0, generating_jobs = 0, generating_lanes = 0;
  int64_t ticks = 0, read_tokens = 0, generated_tokens = 0, cached_tokens = 0, jobs_done = 0;  ///< since the start
  double busy_s = 0, read_s = 0;  ///< in ticks; of that reading prompts and segments
  int64_t cached_readings = 0;
  bool accepting = true;
};

using JobId = uint64_t;

/// Safe to call from any thread.
class Generator {
 public:
  virtual ~Generator() = default;

  virtual const GeneratorInfo& info() const = 0;
  virtual GeneratorLoad load() const = 0;

  /// Takes the job in; it begins when its turn comes. Throws Overloaded, or std::invalid_argument naming what is
  /// wrong with the job (a token outside the vocabulary, a reading of another model's shape).
  virtual JobId submit(Job job, std::shared_ptr<JobListener> listener) = 0;

  /// Further tokens of a job with more_to_come; after `last` none. False where the job is no more.
  virtual bool feed(JobId job, std::vector<int32_t> tokens, bool last) = 0;

  /// Ends it within one tick, with on_end(cancelled), wherever it stands. Without effect on one that is no more.
  virtual void cancel(JobId job) = 0;

  /// A reading as bytes, bound to the model; load() throws std::invalid_argument for bytes that are damaged or
  /// another model's.
  virtual std::string save(const Reading& reading) const = 0;
  virtual Reading restore(const std::string& bytes) const = 0;
};

}  // namespace rmt::engine
