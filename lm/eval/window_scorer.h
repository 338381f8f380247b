// Scores one document by a windowed protocol on the bare backbone, window by window as its tokens come.
// The baselines a recurrent reader is compared with; no memory rows are involved.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "lm/eval/document_stream.h"
#include "lm/eval/metrics.h"
#include "lm/eval/windows.h"
#include "model/backbone.h"

namespace rmt::lm {

/// Negative log-likelihoods, in nats, of the last `scored` of `ids` (a prefix, if any, among them).
/// Requires 1 <= scored < ids.size().
std::vector<double> score_ids(const model::Backbone& backbone, const std::vector<int64_t>& ids, int64_t scored);

struct WindowScore {
  Window window;
  int64_t byte_from = 0, byte_to = 0;  ///< what the scored tokens cover
  Units scored;
  std::vector<double> token_nll;  ///< empty for a window that was only counted
};

class WindowScorer {
 public:
  /// `prefix` is required by lm-eval and by a rule with `bos`. Both references must outlive the scorer.
  WindowScorer(const model::Backbone& backbone, const WindowRule& rule, std::optional<int32_t> prefix);

  /// Takes the next tokens of the document and scores the windows they complete. Windows with a number
  /// below `scored_before` are counted but not run: their NLLs are known from an earlier run.
  std::vector<WindowScore> advance(const MeteredSegment& segment, int64_t scored_before = 0);

 private:
  struct Token {
    int32_t id;
    Units units;
  };

  WindowScore describe(const Window& window) const;
  std::vector<double> score(const Window& window) const;
  void forget_before(int64_t token);

  const model::Backbone& backbone_;
  WindowRule rule_;
  std::optional<int32_t> prefix_;
  std::deque<Token> tokens_;  // of the document, from number first_ on
  int64_t first_ = 0, byte_of_first_ = 0;
  int64_t next_window_ = 0;
};

}  // namespace rmt::lm
