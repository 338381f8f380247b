// The evaluation loop: documents to segments, segments to scores, scores to the store and to whoever
// listens; one step of every document in flight at a time. Memory does not grow with a document.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "corpora/error.h"
#include "lm/eval/document_run.h"
#include "lm/eval/eval_settings.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

class EvalListener {
 public:
  virtual ~EvalListener() = default;

  /// `document` is valid during the call only. Called after the row was committed.
  virtual void on_row(const DocumentRun& document, const ScoredRow& row) = 0;
  virtual void on_document_end(const DocumentScore& score) = 0;
  /// A document that could not be read to its end was left out of all sums.
  virtual void on_broken(const DocumentRun& document, const std::string& why) = 0;
};

enum class EvalOutcome { finished, interrupted };

class Evaluator {
 public:
  /// `decoder` may be null for a windowed protocol. All of them must outlive the evaluator.
  Evaluator(const model::Backbone& backbone, const model::RmtDecoder* decoder, const corpora::Tokenizer& tokenizer,
            EvalSettings settings);

  /// Evaluates every document of `open`, from where `recording` (may be null) left off. `stop` is asked
  /// between two steps, when all that was scored is committed.
  /// Throws corpora::Error for a broken document unless skip_broken; store::Error from the store, which
  /// then holds everything up to the last whole step.
  EvalOutcome run(const OpenReader& open, EvalListener& listener, const Recording* recording,
                  const std::function<bool()>& stop);

 private:
  struct Work {
    DocumentRun* document = nullptr;
    MeteredSegment segment;
    std::vector<ScoredRow> rows;
  };
  using Slots = std::vector<std::unique_ptr<DocumentRun>>;

  void fill(Slots& slots, DocumentQueue& queue, EvalListener& listener, const Recording* recording) const;
  std::vector<Work> read(Slots& slots, EvalListener& listener, const Recording* recording) const;
  void leave_out(Slots::value_type& slot, const corpora::Error& error, EvalListener& listener) const;
  void score(std::vector<Work>& work) const;
  void score_recurrent(std::vector<Work>& work) const;
  void commit(const std::vector<Work>& work, const Recording& recording) const;

  const model::Backbone& backbone_;
  const corpora::Tokenizer& tokenizer_;
  EvalSettings settings_;
  std::optional<SegmentScorer> main_, reset_;
};

}  // namespace rmt::lm
