// One evaluation while it runs: rows from the model into the evaluation and the trace database.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lm/engine/score_rows.h"
#include "web/server/api/api.h"
#include "web/server/api/evals.h"
#include "web/server/job_channel.h"

namespace rmt::web {

struct EvalRequest {
  std::string name;
  bool memory_gain = false;  ///< also with the memory reset
  bool tokens = false;       ///< rows tell what each token cost
};

/// Everything on the strand of the request that began it; lives on, on that strand, when the request is answered.
class EvalRun : public std::enable_shared_from_this<EvalRun> {
 public:
  EvalRun(Api& api, std::shared_ptr<Eval> eval, const boost::asio::any_io_executor& strand);

  ~EvalRun();
  EvalRun(const EvalRun&) = delete;
  EvalRun& operator=(const EvalRun&) = delete;

  /// Enters the run in the store and the job with the model. Throws HttpError.
  void begin(const std::string& owner, const EvalRequest& request);

  /// To be spawned once begun; ends with the evaluation.
  boost::asio::awaitable<void> follow();

  /// What makes tokens of the text; its rows come back through follow().
  engine::ScoreRows& text() { return *text_; }
  /// Those tokens, to the model. False when the evaluation has ended.
  bool feed(std::vector<int32_t> ids, bool last);
  /// Until the model has nearly caught up, or the evaluation has ended.
  boost::asio::awaitable<void> until_hungry();
  /// The text ends where it must not.
  void break_off(const std::string& why);

 private:
  boost::asio::awaitable<void> take_events();
  void take(const engine::ScoredTokens& scored);
  void commit();
  void end_in_store(EvalState state);

  Api& api_;
  const std::shared_ptr<Eval> eval_;
  JobChannel channel_;
  boost::asio::steady_timer hunger_;
  std::optional<engine::ScoreRows> text_;
  int64_t run_ = 0, document_ = 0;          // in the store
  std::vector<store::SegmentRow> pending_;  // not yet committed
  size_t job_ = 0;
  bool hungry_ = false, ended_ = false;
};

}  // namespace rmt::web
