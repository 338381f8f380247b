// Evaluations: texts of any length scored while they are uploaded, whose rows can be followed from anywhere.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lm/engine/score_rows.h"
#include "lm/store/store.h"
#include "web/server/api/json_answer.h"

namespace rmt::web {

/// Where rows are kept beyond the process: the trace database, under a run of its own for each evaluation.
struct EvalStore {
  store::Store* store = nullptr;  ///< null: nowhere
  std::mutex* lock = nullptr;     ///< held while the store is used
  store::RunSpec spec;            ///< what every evaluation of this server has in common
};

enum class EvalState { running, finished, cancelled, failed };
std::string_view to_string(EvalState state);

struct EvalRow {
  store::SegmentRow row;
  store::Totals so_far;
  engine::TokenScores tokens;  ///< none unless they were asked for
};

/// One evaluation. Safe to use from any thread.
class Eval {
 public:
  Eval(std::string id, std::string name, int64_t created)
      : id_(std::move(id)), name_(std::move(name)), created_(created) {}

  const std::string& id() const { return id_; }

  void add(EvalRow row);
  /// Once; what comes later is ignored.
  void end(EvalState state, const std::string& why);
  void set_run(int64_t run);

  EvalState state() const;
  Json json() const;
  /// Rows behind the first `after`, at most `most`.
  std::vector<EvalRow> rows(int64_t after, size_t most) const;

  /// Asks the one who runs it to stop.
  void cancel();
  void on_cancel(std::function<void()> stop);

  /// Returns when there is more than `rows`, when it has ended, or after `patience`. The executor is the waiter's
  /// strand.
  boost::asio::awaitable<void> wait(int64_t rows, boost::asio::any_io_executor executor,
                                    std::chrono::milliseconds patience);

 private:
  struct Waiter;
  void wake_all();

  const std::string id_, name_;
  const int64_t created_;
  mutable std::mutex mutex_;  // of all below
  EvalState state_ = EvalState::running;
  std::string why_;
  int64_t run_ = 0;  // in the store; 0: none
  std::vector<EvalRow> rows_;
  std::vector<std::weak_ptr<Waiter>> waiters_;
  std::function<void()> stop_;
};

/// Evaluations by owner and id. Safe to use from any thread.
class Evals {
 public:
  explicit Evals(EvalStore store, size_t per_owner) : store_(std::move(store)), per_owner_(per_owner) {}

  /// Drops the oldest that has ended, where an owner has too many. Throws HttpError: 403 when all of them run, 409
  /// where the owner has one with this id.
  std::shared_ptr<Eval> create(const std::string& owner, const std::string& id, const std::string& name,
                               int64_t created);
  /// Throws HttpError(404), for another owner's as for none.
  std::shared_ptr<Eval> find(const std::string& owner, const std::string& id) const;
  std::vector<std::shared_ptr<Eval>> list(const std::string& owner) const;  ///< oldest first

  const EvalStore& store() const { return store_; }

 private:
  const EvalStore store_;
  const size_t per_owner_;
  mutable std::mutex mutex_;
  std::map<std::string, std::deque<std::shared_ptr<Eval>>> by_owner_;
};

}  // namespace rmt::web
