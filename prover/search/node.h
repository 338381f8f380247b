// One step that was tried in a proof search.
#pragma once

#include <string>
#include <string_view>

#include "prover/verdict.h"

namespace rmt::prover {

enum class Origin {
  root,        ///< the theorem itself
  automation,  ///< a tactic of the fixed list, tried everywhere
  model
};
std::string_view to_string(Origin origin);
std::string_view to_string(VerdictKind verdict);

struct Node {
  int id = 0;
  int parent = -1;     ///< -1: of the root
  std::string tactic;  ///< empty: of the root
  Verdict verdict;
  Origin by = Origin::root;
  double logprob = 0;  ///< of the tactic, in nats; 0 of automation, which no model was asked for
  double path_logprob = 0;
  int depth = 0;
  double score = 0;  ///< the order of expansion: larger first
  int same_as = -1;  ///< an earlier node with the same goals (goal_key): this one is not gone on from
};

}  // namespace rmt::prover
