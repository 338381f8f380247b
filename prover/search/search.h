// Best-first search for a proof: the likeliest state is gone on from with what automation and the model propose, and
// Lean says what each step is worth.
//
//   states ─▶ CandidateSource ─▶ scripts ─▶ OpenTheorem::check ─▶ verdicts ─▶ SearchTree
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "prover/candidates/candidate_source.h"
#include "prover/lean_backend.h"
#include "prover/search/search_tree.h"

namespace rmt::prover {

struct SearchOptions {
  int expansions = 100;      ///< states gone on from, at most
  int candidates = 32;       ///< asked of the model for each
  int states_at_once = 4;    ///< whose candidates the model draws side by side
  double seconds = 60;       ///< of wall time
  int64_t checks = 100'000;  ///< scripts shown to Lean, at most
  double length_exponent = 0.5;
  int longest_path = 64;                ///< tactics of a proof
  std::string prefix;                   ///< what the model proposes begins with it
  std::vector<std::string> automation;  ///< tried at every state before the model is asked; empty: none
};

/// Cheap tactics that need no model, the ones that close most goals first.
const std::vector<std::string>& automation_portfolio();

struct SearchTotals {
  int expansions = 0;
  int64_t checks = 0, proposed = 0, rejected = 0;  ///< proposed by the model; refused before Lean saw them
  int open = 0;                                    ///< states that could still be gone on from
  double seconds = 0, model_s = 0, lean_s = 0;     ///< in all; waiting for the model; waiting for Lean
};

enum class SearchEnding {
  proved,     ///< a script after which no goal is left; not yet a proof, see FinalCheck
  exhausted,  ///< no state is left, or the budget of expansions or checks is used up
  timeout,    ///< the time is
  cancelled
};
std::string_view to_string(SearchEnding ending);

/// Told what happens, from the searching thread, except on_text.
class SearchListener {
 public:
  virtual ~SearchListener() = default;
  virtual void on_node(const Node& /*node*/) {}
  virtual void on_progress(const SearchTotals& /*totals*/) {}
  /// Text of candidate `candidate` below `node`, while it is being written; from the model's thread.
  virtual void on_text(int /*node*/, int /*candidate*/, std::string_view /*text*/) {}
  /// A step after which no goal is left, in place of on_node; `script` is all of its tactics. True: the search ends;
  /// false: it goes on.
  virtual bool on_closed(const Node& /*node*/, const std::string& /*script*/) { return true; }
};

struct SearchResult {
  SearchEnding ending = SearchEnding::exhausted;
  std::string script;              ///< of the proof, else of the state that got furthest
  std::vector<std::string> goals;  ///< left after it
  int node = 0;                    ///< the script's last step
  SearchTotals totals;
};

/// Without a source only automation is tried. Throws what the backend and the source throw.
SearchResult search(OpenTheorem& theorem, CandidateSource* source, const SearchOptions& options,
                    SearchListener& listener, std::stop_token stop);

}  // namespace rmt::prover
