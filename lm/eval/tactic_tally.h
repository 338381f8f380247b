// How often whole lines of tactic proofs are foretold, by the number of segments read before them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "lm/eval/bootstrap.h"
#include "lm/eval/line_scorer.h"

namespace rmt::lm {

/// Segments [from, to] were read before the one a line ends in.
struct SegmentsBefore {
  int64_t from = 0;
  std::optional<int64_t> to{};  ///< nothing: any number from `from` on
};

constexpr std::array<SegmentsBefore, 7> kSegmentsBefore = {{{0, 0}, {1, 1}, {2, 2}, {3, 4}, {5, 8}, {9, 16}, {17, {}}}};

/// The lines of one row of the table, read in one way.
struct TacticFigures {
  int64_t exact = 0;         ///< lines of which every token was the likeliest
  double share = 0;          ///< of all lines
  Interval share_95{};       ///< Wilson's: as if lines were drawn one by one
  double nll_per_token = 0;  ///< nats
  double ppl = 0;            ///< of the lines' tokens
};

/// What carrying the memory gains against resetting it, with 95 % bootstraps over documents, where there are two.
struct TacticGain {
  double share = 0;           ///< of exact lines
  double nats_per_token = 0;  ///< NLL(reset) - NLL(carried)
  std::optional<Interval> share_95, nats_95;
};

struct TacticRow {
  SegmentsBefore before;
  int64_t lines = 0, tokens = 0;
  TacticFigures main;
  std::optional<TacticFigures> reset;
  std::optional<TacticGain> gain;
};

/// Takes lines as their documents are read. Memory grows by a few numbers a document.
class TacticTally {
 public:
  /// `document` is its place in the order of the inputs.
  void add(int64_t document, int64_t segments_before, std::span<const ScoredLine> lines);
  void leave_out(int64_t document);

  bool empty() const;

  /// Of those of kSegmentsBefore that have lines, in order; then of all lines. Not for an empty tally.
  std::vector<TacticRow> rows() const;

 private:
  struct Sums {
    int64_t lines = 0, tokens = 0, exact = 0, exact_reset = 0;
    double nll = 0, nll_reset = 0;
    bool has_reset = false;

    void add(const ScoredLine& line);
    Sums& operator+=(const Sums& other);
  };
  using Document = std::array<Sums, kSegmentsBefore.size()>;

  static TacticRow row(const SegmentsBefore& before, std::span<const Sums> documents);
  static TacticGain gain(const Sums& all, std::span<const Sums> documents);

  std::map<int64_t, Document> documents_;  // sums and draws go by the order of the inputs, whichever ended first
};

}  // namespace rmt::lm
