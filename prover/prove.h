// A theorem in, a proof out, or how far it got: opens it in Lean, searches, and has what was found checked once more.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"
#include "lm/engine/generator.h"
#include "prover/candidates/model_candidates.h"
#include "prover/lean_backend.h"
#include "prover/search/search.h"
#include "prover/theorem.h"

namespace rmt::prover {

/// What a proof is made with. All must outlive the call; `generator` null: automation alone.
struct ProofTools {
  LeanBackend& lean;
  FinalCheck& final_check;
  engine::Generator* generator = nullptr;
  const corpora::Tokenizer* tokenizer = nullptr;
};

struct ProofOptions {
  SearchOptions search;
  DrawOptions draw;
  bool all = false;  ///< go on after a proof, until the budget is used up: for suggestions, where each is of interest
};

enum class ProofOutcome {
  proved,     ///< the final check has accepted it
  exhausted,  ///< the budget is used up, or nothing is left to be tried
  timeout,
  cancelled,
  lean_error,           ///< the statement, or what stands before it, does not elaborate
  rejected_input,       ///< not shown to Lean; the message names the rule
  backend_unavailable,  ///< no Lean, or one that keeps dying
  model_unavailable     ///< the model could not be asked
};
std::string_view to_string(ProofOutcome outcome);

struct ProofReport {
  ProofOutcome outcome = ProofOutcome::exhausted;
  std::string script;              ///< of the proof, else as far as it got
  std::vector<std::string> goals;  ///< left after the script
  std::vector<Origin> steps;       ///< who proposed each of the script's tactics
  Certificate certificate;         ///< of a proof
  std::string message;             ///< of an error
  std::string refused;             ///< why the final check did not accept what left no goal, where that was the end
  int line = 0, column = 0;        ///< of a lean_error, from 1; 0: Lean names no place
  int64_t context_tokens = 0;      ///< of the file, read by the model
  SearchTotals totals;

  /// Found without the model's help.
  bool by_automation_alone() const;
};

/// Told of a node with the verdict `proved` only when the final check has accepted it; of what it has not accepted as
/// `rejected`, with the reason.
class ProofListener {
 public:
  virtual ~ProofListener() = default;
  /// Lean has read the file up to the hole.
  virtual void on_opened(const Theorem& /*theorem*/, const std::vector<std::string>& /*goals*/) {}
  virtual void on_node(const Node& /*node*/) {}
  virtual void on_progress(const SearchTotals& /*totals*/) {}
  /// Text of candidate `candidate` below `node`, while it is being written; from the model's thread.
  virtual void on_text(int /*node*/, int /*candidate*/, std::string_view /*text*/) {}
};

/// Every way it can end is an outcome; throws only what is nobody's input: std::bad_alloc, a bug.
ProofReport prove(const Theorem& theorem, const ProofTools& tools, const ProofOptions& options, ProofListener& listener,
                  const std::stop_token& stop);

}  // namespace rmt::prover
