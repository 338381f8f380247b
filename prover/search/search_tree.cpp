#include "prover/search/search_tree.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "prover/search/goal_key.h"

namespace rmt::prover {
namespace {

size_t text_length(const std::vector<std::string>& goals) {
  size_t length = 0;
  for (const std::string& goal : goals) length += goal.size();
  return length;
}

}  // namespace

SearchTree::SearchTree(std::vector<std::string> goals, double length_exponent) : length_exponent_(length_exponent) {
  Node root;
  root.verdict.kind = VerdictKind::progress;
  root.verdict.goals = std::move(goals);
  by_goals_.emplace(goal_key(root.verdict.goals), 0);
  nodes_.push_back(std::move(root));
  open_.emplace(0, 0);
}

const Node& SearchTree::add(int parent, std::string tactic, Verdict verdict, Origin by, double logprob) {
  const Node& above = node(parent);
  Node child;
  child.id = size();
  child.parent = parent;
  child.tactic = std::move(tactic);
  child.verdict = std::move(verdict);
  child.by = by;
  child.logprob = logprob;
  child.path_logprob = above.path_logprob + logprob;
  child.depth = above.depth + 1;
  child.score = child.path_logprob / std::pow(child.depth, length_exponent_);
  if (child.verdict.kind == VerdictKind::progress) {
    const auto [place, is_new] = by_goals_.emplace(goal_key(child.verdict.goals), child.id);
    if (is_new)
      open_.emplace(-child.score, child.id);
    else
      child.same_as = place->second;
  }
  nodes_.push_back(std::move(child));
  return nodes_.back();
}

std::optional<int> SearchTree::pop() {
  if (open_.empty()) return std::nullopt;
  const int id = open_.begin()->second;
  open_.erase(open_.begin());
  return id;
}

void SearchTree::reopen() {
  for (const Node& state : nodes_)
    if (state.verdict.kind == VerdictKind::progress && state.same_as < 0) open_.emplace(-state.score, state.id);
}

std::string SearchTree::script(int id) const {
  std::vector<const std::string*> tactics;
  for (int at = id; at > 0; at = node(at).parent) tactics.push_back(&node(at).tactic);
  std::ranges::reverse(tactics);
  std::string script;
  for (const std::string* tactic : tactics) {
    if (!script.empty()) script += '\n';
    script += *tactic;
  }
  return script;
}

std::string SearchTree::script(int id, const std::string& tactic) const {
  std::string above = script(id);
  if (above.empty()) return tactic;
  return above.append("\n").append(tactic);
}

int SearchTree::furthest() const {
  const auto rank = [](const Node& node) {
    return std::tuple(node.verdict.goals.size(), text_length(node.verdict.goals), -node.score);
  };
  int best = 0;
  for (const Node& candidate : nodes_)
    if (candidate.verdict.kind == VerdictKind::progress && candidate.same_as < 0 && rank(candidate) < rank(node(best)))
      best = candidate.id;
  return best;
}

}  // namespace rmt::prover
