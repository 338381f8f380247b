#include "web/server/job_channel.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>

#include "web/server/error.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

size_t bytes_of(const engine::ScoredTokens& scored) {
  size_t bytes = sizeof(JobEvent);
  for (const engine::ScoredToken& token : scored.tokens)
    bytes += sizeof token + token.top.size() * sizeof(engine::TopToken);
  return bytes;
}
size_t bytes_of(const engine::GeneratedToken& token) {
  return sizeof(JobEvent) + token.text.size() + token.top.size() * sizeof(engine::TopToken);
}

}  // namespace

/// Shared with the model's thread, and with callbacks that may come when the channel is gone.
class JobChannel::Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  Inbox(const asio::any_io_executor& strand, size_t most_bytes) : most_bytes_(most_bytes) { waker_.emplace(strand); }

  /// From any thread. Ends are kept whatever waits: they are few, and someone waits for them.
  void put(JobEvent event, size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    if (bytes > 0 && bytes > most_bytes_ - bytes_)
      overflowed_ = true;
    else
      events_.push_back({std::move(event), bytes}), bytes_ += bytes;
    if (std::exchange(wake_posted_, true)) return;
    asio::post(waker_->get_executor(), [self = shared_from_this()] { self->wake(); });
  }

  // The rest is the strand's.

  /// The model may keep its listener for longer than the strand exists: nothing of it is kept.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    events_.clear();
    waker_.reset();
  }

  void client_gone() {
    gone_ = true;
    if (waker_) waker_->cancel();
  }

  bool gone() const { return gone_; }
  bool overflowed() const {
    const std::lock_guard lock(mutex_);
    return overflowed_;
  }

  std::optional<JobEvent> take() {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return std::nullopt;
    JobEvent event = std::move(events_.front().event);
    bytes_ -= events_.front().bytes;
    events_.pop_front();
    return event;
  }

  /// Until something came, the client went, or the time is up.
  asio::awaitable<void> wait(Clock::time_point until) {
    waker_->expires_at(until);
    co_await waker_->async_wait(asio::as_tuple(asio::use_awaitable));
  }

 private:
  struct Waiting {
    JobEvent event;
    size_t bytes = 0;
  };

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      wake_posted_ = false;
    }
    if (waker_) waker_->cancel();
  }

  const size_t most_bytes_;
  mutable std::mutex mutex_;
  std::deque<Waiting> events_;  // under mutex_, as what follows
  size_t bytes_ = 0;
  bool wake_posted_ = false, overflowed_ = false, closed_ = false;
  std::optional<asio::steady_timer> waker_;  // none once closed; used on the strand alone, but for its executor
  bool gone_ = false;                        // the strand's alone
};

class JobChannel::Listener final : public engine::JobListener {
 public:
  Listener(std::shared_ptr<Inbox> inbox, size_t job) : inbox_(std::move(inbox)), job_(job) {}

  void on_scored(const engine::ScoredTokens& scored) override { inbox_->put({job_, scored}, bytes_of(scored)); }
  void on_token(const engine::GeneratedToken& token) override { inbox_->put({job_, token}, bytes_of(token)); }
  void on_continuation_end(const engine::ContinuationEnd& end) override { inbox_->put({job_, end}, 0); }
  void on_hungry() override { inbox_->put({job_, Hungry{}}, 0); }
  void on_end(const engine::JobEnd& end) override { inbox_->put({job_, end}, 0); }

 private:
  const std::shared_ptr<Inbox> inbox_;
  const size_t job_;
};

JobChannel::JobChannel(engine::Generator& generator, const asio::any_io_executor& strand, size_t most_bytes)
    : generator_(generator), inbox_(std::make_shared<Inbox>(strand, most_bytes)) {}

JobChannel::~JobChannel() {
  inbox_->close();
  for (const size_t job : running_) generator_.cancel(ids_[job]);
}

std::function<void()> JobChannel::on_gone() const {
  return [inbox = std::weak_ptr<Inbox>(inbox_)] {
    if (const auto alive = inbox.lock()) alive->client_gone();
  };
}

size_t JobChannel::start(engine::Job job) {
  const size_t number = ids_.size();
  try {
    ids_.push_back(generator_.submit(std::move(job), std::make_shared<Listener>(inbox_, number)));
  } catch (const engine::Overloaded& overloaded) {
    HttpError error(429, overloaded.what(), {}, "overloaded");
    error.retry_after_s = overloaded.retry_after_s();
    throw error;
  } catch (const std::invalid_argument& wrong) {
    throw HttpError(400, wrong.what());
  }
  running_.insert(number);
  return number;
}

bool JobChannel::feed(size_t job, std::vector<int32_t> tokens, bool last) {
  return generator_.feed(ids_[job], std::move(tokens), last);
}

void JobChannel::cancel(size_t job) {
  generator_.cancel(ids_[job]);
}

asio::awaitable<std::optional<JobEvent>> JobChannel::next(std::chrono::milliseconds patience) {
  const Clock::time_point until = Clock::now() + patience;
  for (;;) {
    if (inbox_->gone()) throw Gone();
    if (inbox_->overflowed()) {
      for (const size_t job : running_) generator_.cancel(ids_[job]);
      throw HttpError(503, "The results were not taken as fast as they came, and too many wait.", {}, "slow_reader");
    }
    if (std::optional<JobEvent> event = inbox_->take()) {
      if (std::holds_alternative<engine::JobEnd>(event->what)) running_.erase(event->job);
      co_return event;
    }
    if (Clock::now() >= until) co_return std::nullopt;
    co_await inbox_->wait(until);
  }
}

void require_finished(engine::Ending ending, const std::string& why) {
  if (ending == engine::Ending::failed) throw HttpError(500, "The model failed: " + why, {}, "model_failed");
  if (ending == engine::Ending::shut_down || ending == engine::Ending::cancelled) {
    HttpError error(503, "The server is going down.", {}, "server_shutdown");
    error.retry_after_s = 5;
    throw error;
  }
}

}  // namespace rmt::web
