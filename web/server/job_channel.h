// From the model's thread to a handler: what a request's jobs tell arrives here in order, on the exchange's strand,
// without polling. Whatever ends the handler (its answer, an exception, a client that went) ends its jobs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "lm/engine/generator.h"
#include "web/server/exchange.h"

namespace rmt::web {

struct Hungry {};  ///< a fed job has read nearly all it was given

struct JobEvent {
  size_t job = 0;  ///< in the order they were started
  std::variant<engine::ScoredTokens, engine::SeenSegment, engine::GeneratedToken, engine::ContinuationEnd, Hungry,
               engine::JobEnd>
      what;
};

/// Used on one strand; on_gone() of the exchange or channel it watches is its own.
class JobChannel {
 public:
  /// `most_bytes` of results may wait to be taken: beyond that the jobs are ended and next() throws.
  JobChannel(engine::Generator& generator, const boost::asio::any_io_executor& strand, size_t most_bytes);
  /// Cancels what still runs. The generator must be there; nothing of the strand is used after this.
  ~JobChannel();
  JobChannel(const JobChannel&) = delete;
  JobChannel& operator=(const JobChannel&) = delete;

  /// What to call when the client has gone: next() then throws Gone. May outlive the channel.
  std::function<void()> on_gone() const;

  /// Throws HttpError: 400 for a job that is wrong, 429 where too much waits.
  size_t start(engine::Job job);
  bool feed(size_t job, std::vector<int32_t> tokens, bool last);
  void cancel(size_t job);
  /// Started, and their end not yet taken from next().
  size_t running() const { return running_.size(); }

  /// The next event; nothing when none came in `patience`. Throws Gone, HttpError(503).
  boost::asio::awaitable<std::optional<JobEvent>> next(std::chrono::milliseconds patience);

 private:
  class Inbox;
  class Listener;

  engine::Generator& generator_;
  std::shared_ptr<Inbox> inbox_;
  std::vector<engine::JobId> ids_;
  std::set<size_t> running_;
};

/// Throws the HttpError for a job that ended as no answer may end: failed, or cut short by the server.
void require_finished(engine::Ending ending, const std::string& why);

}  // namespace rmt::web
