// A document scored while it is still being sent: text comes in, token ids go to the model, scores come back, rows of
// segments come out, the same rows that an evaluation of the whole file would store.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "corpora/readers/utf8_feed.h"
#include "corpora/token_feed.h"
#include "corpora/units.h"
#include "lm/engine/job.h"
#include "lm/store/compensated_sum.h"
#include "lm/store/store.h"

namespace rmt::engine {

/// What each token of one segment cost, for showing the text itself.
struct TokenScores {
  std::vector<int32_t> bytes;  ///< of the text; their sum is the segment's, a BOS has none
  std::vector<float> nll;      ///< NaN where nothing predicts the token
};

/// Holds what is between its two ends: text that is not yet tokens, and a few numbers of each token that is not yet
/// scored. For one thread at a time.
class ScoreRows {
 public:
  struct Settings {
    std::string name;            ///< the document's, also for messages
    int64_t segment_length = 0;  ///< the model's
    std::optional<int32_t> bos;  ///< put before the first token
    bool reset_too = false;      ///< the job scores with the memory reset, too
    bool tokens_too = false;     ///< keep what take_tokens() returns
  };

  /// The tokenizer must outlive this.
  ScoreRows(const corpora::Tokenizer& tokenizer, Settings settings);

  /// The next bytes of the text, cut anywhere. Returns the tokens that have become certain, to be fed to the job in
  /// this order; often none. Throws corpora::Error(bad_text).
  std::vector<int32_t> push(std::string_view bytes);

  /// The text ends. Returns its last tokens; the job is to be told that no more come.
  std::vector<int32_t> finish();

  /// Scores of the tokens returned above, in order and each once, however they are put together. Returns the rows that
  /// are complete by now; a last one that is shorter only after finish(). Throws std::runtime_error where the loss is
  /// not a number.
  std::vector<store::SegmentRow> scored(const ScoredTokens& scored);

  /// The tokens of the rows returned since it was last asked, in their order; nothing without tokens_too.
  std::vector<TokenScores> take_tokens() { return std::exchange(closed_tokens_, {}); }

  /// Tokens that wait for their scores.
  int64_t in_flight() const { return static_cast<int64_t>(in_flight_.size()); }
  /// All that was sent is scored, and no more comes.
  bool complete() const { return ended_ && in_flight_.empty(); }

  /// Sums over the rows so far, for figures (lm/store/figures.h); of words and characters those scored.
  store::Totals totals() const;

  /// The document's row once it is complete: all of its text is counted, scored or not, but for words and characters.
  store::DocumentRow end() const;

 private:
  struct SegmentSums {
    int64_t index = 0;
    int64_t ids = 0;           // taken in, a BOS included
    int64_t first_scored = 0;  // of them
    corpora::Units read, scored;
    std::vector<double> nll, nll_reset;
    TokenScores tokens;
    double ms = 0;
  };

  std::vector<int32_t> enter(const corpora::Tokens& tokens);
  void take(const ScoredToken& token);
  store::SegmentRow close_segment();

  const Settings settings_;
  corpora::Utf8Feed characters_;
  corpora::TokenFeed tokens_;
  corpora::UnitMeter meter_;
  bool begun_ = false, ended_ = false;

  struct InFlight {
    int32_t id = 0;
    corpora::Units units;  // none of a BOS
  };
  std::deque<InFlight> in_flight_;
  SegmentSums segment_;
  corpora::Units read_, scored_;  // of all closed segments
  store::Totals totals_;
  store::CompensatedSum nll_, nll_reset_;
  std::vector<TokenScores> closed_tokens_;
};

}  // namespace rmt::engine
