// When two proof states are one: a search that went on from both would prove the same thing twice.
#pragma once

#include <string>
#include <vector>

namespace rmt::prover {

/// Equal for goals, as Lean prints them, that differ only in white space, in the names of their hypotheses and
/// variables, in the name of their case, or in the numbers of metavariables (?m.17). The order of hypotheses and goals
/// counts.
std::string goal_key(const std::vector<std::string>& goals);

}  // namespace rmt::prover
