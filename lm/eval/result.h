// What an evaluation found, summed up: totals with error bars, and the traces plots are drawn from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lm/eval/bootstrap.h"
#include "lm/eval/eval_listener.h"
#include "lm/eval/metrics.h"
#include "lm/eval/tactic_tally.h"
#include "lm/eval/trace.h"

namespace rmt::lm {

/// The lines of a table of totals. `reset` are the tokens of `main` with the memory reset.
enum class Line { main, reset, strided };

/// What was drawn to make an error bar.
enum class Resampled { nothing, documents, segment_blocks };

struct Total {
  Units scored;
  double nll = 0;  ///< nats, summed
  Figures values{};
  std::optional<Interval> ppl, bits_per_byte;  ///< 95 %
  double nll_head = 0;                         ///< nats a token, the first kHeadTokens after each border
  double nll_rest = 0;                         ///< nats a token, all others
  std::optional<double> recipe_ppl;            ///< as the protocol's own recipe weights it, where that differs
};

struct Gain {
  double nats_per_token = 0;  ///< NLL(reset) - NLL(carried)
  std::optional<Interval> interval;
};

/// Listens to an evaluation. Memory grows by a few numbers a document, not with its length.
class ResultCollector final : public EvalListener {
 public:
  explicit ResultCollector(int64_t segment_length);

  void on_row(const DocumentName& document, const ScoredRow& row) override;
  void on_document_end(const DocumentScore& score) override;
  void on_broken(const DocumentName& document, const std::string& why) override;

  int64_t documents() const { return static_cast<int64_t>(kept_.size()); }
  int64_t broken() const { return broken_; }
  int64_t documents_unscored() const;  ///< too short to have anything to score

  bool has(Line line) const;
  Total total(Line line) const;
  std::optional<Gain> gain() const;
  Resampled resampled() const;

  const Trace& trace(Series series) const { return series == Series::main ? main_trace_ : strided_trace_; }

  /// Empty where no lines were asked for or found.
  const TacticTally& tactics() const { return tactics_; }

  /// By position in the segment; empty when some rows were replayed, which keep no single tokens.
  std::vector<double> profile(Line line) const;

 private:
  struct Kept {
    int64_t number;
    ScoreSum main;
    std::optional<ScoreSum> strided;
  };

  std::vector<Share> shares(Line line, double (*part)(const TraceBin&), double (*whole)(const TraceBin&)) const;
  std::optional<Interval> interval(Line line, double (*part)(const TraceBin&), double (*whole)(const TraceBin&)) const;
  std::vector<const Kept*> in_order() const;

  int64_t segment_length_;
  std::vector<Kept> kept_;
  int64_t broken_ = 0;
  bool replayed_ = false;
  Trace main_trace_, strided_trace_;
  PositionProfile main_profile_, reset_profile_;
  TacticTally tactics_;
};

}  // namespace rmt::lm
