// The states a search has reached, and which of them is gone on from next.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "prover/search/node.h"

namespace rmt::prover {

class SearchTree {
 public:
  /// Best first by log-probability of the path over depth^length_exponent: 0 favours short proofs, 1 takes the mean of
  /// the steps (BFS-Prover, arXiv 2502.03438, §3).
  SearchTree(std::vector<std::string> goals, double length_exponent);

  const Node& node(int id) const { return nodes_[static_cast<size_t>(id)]; }
  int size() const { return static_cast<int>(nodes_.size()); }

  /// The step's outcome below `parent`. With progress to goals not seen before it can be popped.
  const Node& add(int parent, std::string tactic, Verdict verdict, Origin by, double logprob);

  /// The best state not yet gone on from, which it then is; equals by age. Nothing where none is left.
  std::optional<int> pop();
  int open() const { return static_cast<int>(open_.size()); }
  /// Every state can be popped once more.
  void reopen();

  /// Tactics from the root to it, a line each (or more, where a tactic has more).
  std::string script(int id) const;
  /// `tactic` after those of `id`.
  std::string script(int id, const std::string& tactic) const;

  /// Where the search got furthest: the fewest goals, then the shortest text of them, then the best score.
  int furthest() const;

 private:
  double length_exponent_;
  std::deque<Node> nodes_;  // references stay valid
  std::map<std::string, int> by_goals_;
  std::set<std::pair<double, int>> open_;  // (-score, id)
};

}  // namespace rmt::prover
