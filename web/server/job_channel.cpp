#include "web/server/job_channel.h"

#include "web/server/error.h"
#include "web/server/strand_inbox.h"

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
size_t bytes_of(const engine::SeenSegment& seen) {
  const size_t numbers =
      seen.ids.size() + seen.similarity.size() + seen.change.size() + seen.write.size() + seen.read.size();
  return sizeof(JobEvent) + numbers * sizeof(float);
}
size_t bytes_of(const engine::GeneratedToken& token) {
  return sizeof(JobEvent) + token.text.size() + token.top.size() * sizeof(engine::TopToken);
}

}  // namespace

// Ends are kept whatever waits: they are few, and someone waits for them.
class JobChannel::Inbox : public StrandInbox<JobEvent> {
  using StrandInbox::StrandInbox;
};

class JobChannel::Listener final : public engine::JobListener {
 public:
  Listener(std::shared_ptr<Inbox> inbox, size_t job) : inbox_(std::move(inbox)), job_(job) {}

  void on_scored(const engine::ScoredTokens& scored) override { inbox_->put({job_, scored}, bytes_of(scored)); }
  void on_seen(const engine::SeenSegment& seen) override { inbox_->put({job_, seen}, bytes_of(seen)); }
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
