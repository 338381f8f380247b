#include "web/server/api/eval_run.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "lm/store/error.h"
#include "web/server/api/upload.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

store::RunStatus run_status(EvalState state) {
  switch (state) {
    case EvalState::finished: return store::RunStatus::finished;
    case EvalState::failed: return store::RunStatus::failed;
    default: return store::RunStatus::interrupted;
  }
}

}  // namespace

EvalRun::EvalRun(Api& api, std::shared_ptr<Eval> eval, const asio::any_io_executor& strand)
    : api_(api), eval_(std::move(eval)), channel_(api.generator, strand, api.limits.unread_bytes), hunger_(strand) {}

EvalRun::~EvalRun() {
  // Without effect but where the server's threads were stopped before it came to its end.
  eval_->end(EvalState::failed, "The server was stopped.");
}

void EvalRun::begin(const std::string& owner, const EvalRequest& request) {
  const std::string& name = request.name;
  engine::ScoreRows::Settings settings;
  settings.name = name.empty() ? "the text" : name;
  settings.segment_length = api_.generator.info().reading.segment_length;
  settings.bos = opening_bos(api_.text);
  settings.reset_too = request.memory_gain;
  settings.tokens_too = request.tokens;
  text_.emplace(api_.text.tokenizer(), settings);
  engine::Job job;
  job.more_to_come = true;
  job.scoring.wanted = true;
  job.scoring.reset_too = request.memory_gain;
  job.owner = owner;
  job_ = channel_.start(std::move(job));
  // The model works on another thread than the one that asks it to stop.
  eval_->on_cancel([weak = weak_from_this(), strand = hunger_.get_executor()] {
    asio::post(strand, [weak] {
      if (const auto run = weak.lock()) run->channel_.cancel(run->job_);
    });
  });
  const EvalStore& store = api_.evals.store();
  if (store.store == nullptr) return;
  store::RunSpec spec = store.spec;
  Json config = Json::parse(spec.config.empty() ? "{}" : spec.config);
  config["eval"] = eval_->id();
  config["memory_gain"] = request.memory_gain;
  spec.config = store::json_line(config);
  const std::lock_guard lock(*store.lock);
  run_ = store.store->begin_run(spec);
  document_ = store.store->add_document(run_, name.empty() ? eval_->id() : name, "upload").id;
  eval_->set_run(run_);
}

bool EvalRun::feed(std::vector<int32_t> ids, bool last) {
  if (ended_) return false;
  hungry_ = false;
  return channel_.feed(job_, std::move(ids), last);
}

asio::awaitable<void> EvalRun::until_hungry() {
  while (!hungry_ && !ended_) {
    hunger_.expires_after(std::chrono::hours(1));
    co_await hunger_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void EvalRun::break_off(const std::string& why) {
  eval_->end(EvalState::failed, why);
  channel_.cancel(job_);
}

asio::awaitable<void> EvalRun::follow() {
  const auto self = shared_from_this();  // until the end
  std::string why;
  try {
    co_await take_events();
    commit();
  } catch (const std::exception& error) {
    why = error.what();
  }
  if (!why.empty()) channel_.cancel(job_);
  eval_->end(why.empty() ? EvalState::finished : EvalState::failed, why);
  ended_ = true;
  hunger_.cancel();
  end_in_store(eval_->state());
}

asio::awaitable<void> EvalRun::take_events() {
  for (;;) {
    std::optional<JobEvent> event = co_await channel_.next(std::chrono::milliseconds(0));
    if (!event) {
      // Nothing waits: time to write down what there is.
      commit();
      event = co_await next_event(channel_);
    }
    if (const auto* end = std::get_if<engine::JobEnd>(&event->what)) {
      require_finished(end->ending, end->why);
      co_return;
    }
    if (std::holds_alternative<Hungry>(event->what)) {
      hungry_ = true;
      hunger_.cancel();
    } else if (const auto* scored = std::get_if<engine::ScoredTokens>(&event->what)) {
      take(*scored);
    }
  }
}

void EvalRun::take(const engine::ScoredTokens& scored) {
  std::vector<store::SegmentRow> rows = text_->scored(scored);
  std::vector<engine::TokenScores> tokens = text_->take_tokens();
  tokens.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].document = document_;
    eval_->add({rows[i], text_->totals(), std::move(tokens[i])});
    if (run_ != 0) pending_.push_back(rows[i]);
  }
}

void EvalRun::commit() {
  if (pending_.empty()) return;
  const EvalStore& store = api_.evals.store();
  const std::lock_guard lock(*store.lock);
  store.store->commit(pending_, {}, {});
  pending_.clear();
}

void EvalRun::end_in_store(EvalState state) {
  if (run_ == 0) return;
  const EvalStore& store = api_.evals.store();
  const std::lock_guard lock(*store.lock);
  try {
    if (state == EvalState::finished) {
      store::DocumentRow document = text_->end();
      document.id = document_;
      document.finished = true;
      store.store->commit({}, {}, std::span(&document, 1));
    }
    store.store->end_run(run_, run_status(state));
  } catch (const store::Error& error) {
    eval_->end(EvalState::failed, error.what());
  }
}

}  // namespace rmt::web
