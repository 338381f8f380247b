// {"type": "score"}: a text scored while it is being written.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "lm/engine/score_rows.h"
#include "web/server/api/row_json.h"
#include "web/server/api/stream_task.h"
#include "web/server/api/upload.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

class ScoringTask final : public StreamTask {
 public:
  ScoringTask(Api& api, WebSocketChannel& channel, std::string id, const std::string& owner, bool memory_gain)
      : StreamTask(api, channel, std::move(id)),
        text_(api.text.tokenizer(), settings(api, memory_gain)),
        room_(channel.executor()) {
    engine::Job job;
    job.more_to_come = true;
    job.scoring.wanted = true;
    job.scoring.reset_too = memory_gain;
    job.owner = owner;
    job_ = jobs_.start(std::move(job));
  }

  void message(const std::string& type, Fields& fields) override {
    if (finished_) fields.refuse("type", "comes after the text's end.");
    if (type == "finish") {
      add(text_.finish());
      finished_ = true;
    } else if (type == "text") {
      const std::string text = fields.text("text", SIZE_MAX).value_or("");
      fields.refuse_unknown();
      add(text_.push(text));
    } else {
      StreamTask::message(type, fields);
    }
    feed();
  }

  /// The model has nearly caught up with what was sent.
  asio::awaitable<void> until_room() override {
    constexpr size_t kPlenty = 64 << 10;
    while (waiting_.size() > kPlenty && !cancelled() && !ended_) {
      room_.expires_after(std::chrono::hours(1));
      co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

  asio::awaitable<void> run() override {
    // Whoever waits for room must not wait for a task that is no more.
    struct Ended {
      ScoringTask& task;
      ~Ended() {
        task.ended_ = true;
        task.room_.cancel();
      }
    };
    const Ended ended{*this};
    for (;;) {
      const JobEvent event = co_await next_event(jobs_);
      if (std::holds_alternative<Hungry>(event.what)) {
        hungry_ = true;
        feed();
      } else if (const auto* scored = std::get_if<engine::ScoredTokens>(&event.what)) {
        for (const store::SegmentRow& row : text_.scored(*scored)) {
          Json message = row_json(row, text_.totals());
          co_await send("segment", std::move(message));
        }
      } else if (const auto* end = std::get_if<engine::JobEnd>(&event.what)) {
        require_finished(end->ending, end->why);
        break;
      }
    }
    const store::DocumentRow document = text_.end();
    Json message = {{"totals", totals_json(text_.totals(), document.tokens, document.bytes)}};
    co_await send("done", std::move(message));
  }

 private:
  static engine::ScoreRows::Settings settings(const Api& api, bool memory_gain) {
    return {"the text", api.generator.info().reading.segment_length, opening_bos(api.text), memory_gain};
  }

  void add(const std::vector<int32_t>& ids) { waiting_.insert(waiting_.end(), ids.begin(), ids.end()); }

  /// To the model, whenever it has nearly read what it was given, and at the end.
  void feed() {
    if (told_all_ || !(hungry_ || finished_) || (waiting_.empty() && !finished_)) return;
    told_all_ = finished_;
    hungry_ = false;
    jobs_.feed(job_, std::exchange(waiting_, {}), finished_);
    room_.cancel();
  }

  engine::ScoreRows text_;
  std::vector<int32_t> waiting_;  // not yet given to the model
  asio::steady_timer room_;
  size_t job_ = 0;
  bool hungry_ = true, finished_ = false, told_all_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<StreamTask> scoring_task(Api& api, WebSocketChannel& channel, std::string id, Fields& fields,
                                         const std::string& owner) {
  check_model(api, fields.text("model", 1000));
  const bool memory_gain = fields.boolean("memory_gain").value_or(false);
  fields.refuse_unknown();
  return std::make_unique<ScoringTask>(api, channel, std::move(id), owner, memory_gain);
}

}  // namespace rmt::web
