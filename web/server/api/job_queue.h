// The jobs of one request: some run beside each other, the rest follow as they end. A job with many continuations is
// cut into several, for the model generates only so many side by side; what they tell is told as of one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "web/server/event_stream.h"
#include "web/server/job_channel.h"
#include "web/server/limits.h"
#include "web/server/metrics.h"

namespace rmt::web {

class JobQueue {
 public:
  /// Events carry a job's place in `jobs`. All references must outlive the queue.
  JobQueue(JobChannel& channel, std::vector<engine::Job> jobs, const Limits& limits, Metrics& metrics);

  /// Starts the first: to be called before an answer begins, for this is where a busy server refuses.
  void begin();

  /// Nothing once all jobs have ended. A job that failed throws. `stream` is kept alive while waiting.
  boost::asio::awaitable<std::optional<JobEvent>> next(EventStream* stream = nullptr);

 private:
  /// Some of a job's continuations.
  struct Part {
    engine::Job job;
    size_t whole = 0;  // of the jobs given
    int first = 0;     // of its continuations
  };

  void add_parts(engine::Job job, size_t whole, size_t most);
  void fill();
  /// As an event of the job given; nothing for what only concerns the part.
  std::optional<JobEvent> of_whole(JobEvent event);
  void measure(const JobEvent& event);
  boost::asio::awaitable<void> wait_for_room(EventStream* stream);

  JobChannel& channel_;
  std::vector<Part> parts_;
  std::vector<size_t> open_parts_;    // of every job given
  std::vector<engine::JobEnd> ends_;  // of every job given, as far as its parts have ended
  const size_t at_once_;
  Metrics& metrics_;
  size_t started_ = 0;
  const std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
  std::map<std::pair<size_t, int>, std::chrono::steady_clock::time_point> last_token_;  // by job and continuation
};

}  // namespace rmt::web
