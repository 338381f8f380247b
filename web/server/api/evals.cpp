#include "web/server/api/evals.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "web/server/api/row_json.h"
#include "web/server/error.h"

namespace rmt::web {

namespace asio = boost::asio;

std::string_view to_string(EvalState state) {
  switch (state) {
    case EvalState::running: return "running";
    case EvalState::finished: return "finished";
    case EvalState::cancelled: return "cancelled";
    case EvalState::failed: return "failed";
  }
  return "";
}

struct Eval::Waiter {
  explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;  // the strand's alone, but for its executor
};

void Eval::add(EvalRow row) {
  const std::lock_guard lock(mutex_);
  rows_.push_back(std::move(row));
  wake_all();
}

void Eval::end(EvalState state, const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (state_ != EvalState::running) return;
  state_ = state;
  why_ = why;
  stop_ = nullptr;
  wake_all();
}

void Eval::set_run(int64_t run) {
  const std::lock_guard lock(mutex_);
  run_ = run;
}

EvalState Eval::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Json Eval::json() const {
  const std::lock_guard lock(mutex_);
  Json json = {{"id", id_}, {"object", "eval"}, {"name", name_}, {"status", to_string(state_)}, {"created", created_}};
  json["run"] = run_ == 0 ? Json(nullptr) : Json(run_);
  json["error"] = why_.empty() ? Json(nullptr) : Json(why_);
  const EvalRow last = rows_.empty() ? EvalRow() : rows_.back();
  json["totals"] = totals_json(last.so_far, last.row.token_to, last.row.byte_to);
  return json;
}

std::vector<EvalRow> Eval::rows(int64_t after, size_t most) const {
  const std::lock_guard lock(mutex_);
  const auto from = std::min(rows_.size(), static_cast<size_t>(std::max<int64_t>(0, after)));
  const auto begin = rows_.begin() + static_cast<ptrdiff_t>(from);
  return {begin, begin + static_cast<ptrdiff_t>(std::min(most, rows_.size() - from))};
}

void Eval::cancel() {
  std::function<void()> stop;
  {
    const std::lock_guard lock(mutex_);
    stop = std::exchange(stop_, nullptr);
  }
  end(EvalState::cancelled, "");
  if (stop) stop();
}

void Eval::on_cancel(std::function<void()> stop) {
  const std::lock_guard lock(mutex_);
  stop_ = std::move(stop);
}

void Eval::wake_all() {
  for (const std::weak_ptr<Waiter>& one : std::exchange(waiters_, {})) {
    const auto waiter = one.lock();
    if (waiter) asio::post(waiter->timer.get_executor(), [waiter] { waiter->timer.cancel(); });
  }
}

asio::awaitable<void> Eval::wait(int64_t rows, asio::any_io_executor executor, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto waiter = std::make_shared<Waiter>(executor);
  while (std::chrono::steady_clock::now() < until) {
    {
      const std::lock_guard lock(mutex_);
      if (static_cast<int64_t>(rows_.size()) > rows || state_ != EvalState::running) co_return;
      waiters_.push_back(waiter);
    }
    waiter->timer.expires_at(until);
    co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

std::shared_ptr<Eval> Evals::create(const std::string& owner, const std::string& id, const std::string& name,
                                    int64_t created) {
  const std::lock_guard lock(mutex_);
  auto& list = by_owner_[owner];
  if (std::ranges::any_of(list, [&](const auto& eval) { return eval->id() == id; }))
    throw HttpError(409, "There is an evaluation with this id already: its rows stay what they are; choose another id.",
                    {}, "eval_exists");
  if (list.size() >= per_owner_) {
    const auto ended = std::ranges::find_if(list, [](const auto& eval) { return eval->state() != EvalState::running; });
    if (ended == list.end())
      throw HttpError(403, std::to_string(list.size()) + " evaluations are running already; delete one first.", {},
                      "too_many_evals");
    list.erase(ended);
  }
  list.push_back(std::make_shared<Eval>(id, name, created));
  return list.back();
}

std::shared_ptr<Eval> Evals::find(const std::string& owner, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  if (const auto list = by_owner_.find(owner); list != by_owner_.end()) {
    for (const auto& eval : list->second) {
      if (eval->id() == id) return eval;
    }
  }
  throw HttpError(404, "There is no evaluation with this id.", {}, "eval_not_found");
}

std::vector<std::shared_ptr<Eval>> Evals::list(const std::string& owner) const {
  const std::lock_guard lock(mutex_);
  const auto list = by_owner_.find(owner);
  if (list == by_owner_.end()) return {};
  return {list->second.begin(), list->second.end()};
}

}  // namespace rmt::web
