// The evaluation loop: documents to segments, segments to scores, scores to the store and to whoever
// listens; one step of every document in flight at a time, of one segment or of several. Memory does not grow with a
// document. Several processes take every how-many-th document each and step together; process 0 keeps the books.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "corpora/error.h"
#include "lm/eval/document_run.h"
#include "lm/eval/document_step.h"
#include "lm/eval/eval_listener.h"
#include "lm/eval/eval_settings.h"
#include "lm/eval/read_before.h"
#include "lm/eval/run_scorer.h"
#include "lm/processes/processes.h"
#include "model/rmt/decoder.h"

namespace rmt::lm {

enum class EvalOutcome { finished, interrupted };

class Evaluator {
 public:
  /// `decoder` may be null for a windowed protocol. All of them must outlive the evaluator.
  Evaluator(const model::Backbone& backbone, const model::RmtDecoder* decoder, const corpora::Tokenizer& tokenizer,
            EvalSettings settings);

  /// Evaluates every document of `open`, from where `recording` (may be null) left off. `stop` is asked
  /// between two steps, when all that was scored is committed; one process that is stopped stops all.
  /// `listener` and `recording` are those of process 0, and are not used in others.
  /// Throws corpora::Error for a broken document unless skip_broken; store::Error from the store, which
  /// then holds everything up to the last whole step; ProcessError when another process is gone.
  EvalOutcome run(const OpenReader& open, EvalListener& listener, const Recording* recording, Processes& processes,
                  const std::function<bool()>& stop);

 private:
  struct Work {
    DocumentRun* document = nullptr;
    std::vector<MeteredSegment> segments;  // at least one
    DocumentStep step;
  };
  using Slots = std::vector<std::unique_ptr<DocumentRun>>;
  using Steps = std::vector<DocumentStep>;

  Steps step(Slots& slots, DocumentQueue& queue, const ReadBefore& before);
  void fill(Slots& slots, DocumentQueue& queue, const ReadBefore& before, Steps& steps) const;
  std::vector<Work> read(Slots& slots, Steps& steps) const;
  void leave_out(Slots::value_type& slot, const corpora::Error& error, Steps& steps) const;
  void read_ahead(Work& item) const;
  void score(std::vector<Work>& work);
  void score_recurrent(std::vector<Work>& work);

  const model::Backbone& backbone_;
  const corpora::Tokenizer& tokenizer_;
  EvalSettings settings_;
  std::optional<RunScorer> main_, reset_;
};

}  // namespace rmt::lm
