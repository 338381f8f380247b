// How far an evaluation is, for the person or program that waits: one line that rewrites itself on a
// terminal, a JSON event every ten seconds elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lm/eval/eval_listener.h"
#include "lm/eval/metrics.h"

namespace rmt::lm {

/// Bytes of text in `paths` (folders with all below), when every file there is plain text; nothing when
/// some are packed, are records, or come from standard input: the rest is then not known.
std::optional<int64_t> plain_text_bytes(const std::vector<std::string>& paths);

class EvalProgress final : public EvalListener {
 public:
  struct Options {
    bool terminal = false;
    std::optional<int64_t> total_bytes;
    std::function<double()> seconds;                ///< a steady clock
    std::function<void(const std::string&)> write;  ///< to standard error
  };

  explicit EvalProgress(Options options);

  void on_row(const DocumentName& document, const ScoredRow& row) override;
  void on_document_end(const DocumentScore& score) override;
  void on_broken(const DocumentName& document, const std::string& why) override;

  /// Takes the line off the terminal. To be called before anything else is written there.
  void clear();

  int64_t tokens_scored_here() const { return tokens_; }  ///< without replayed ones
  double tokens_per_second() const;

 private:
  void show();
  std::string line() const;
  std::string event() const;
  int64_t bytes_done() const;
  std::optional<double> seconds_left() const;

  Options options_;
  double started_, shown_;
  int64_t segments_ = 0, tokens_ = 0, scored_ = 0, documents_ = 0;
  int64_t bytes_of_ended_ = 0, bytes_before_ = 0;
  std::map<int64_t, int64_t> bytes_in_flight_;  // by document number
  CompensatedSum nll_;
  bool line_shown_ = false;
};

}  // namespace rmt::lm
