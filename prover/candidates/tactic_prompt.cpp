#include "prover/candidates/tactic_prompt.h"

namespace rmt::prover {

std::string TacticPrompt::text(std::string_view state, std::string_view prefix) const {
  std::string text = before_state;
  text.append(state).append(before_prefix).append(prefix);
  return text;
}

std::string joined_goals(const std::vector<std::string>& goals) {
  if (goals.empty()) return "no goals";
  std::string joined;
  for (const std::string& goal : goals) {
    if (!joined.empty()) joined += "\n\n";
    joined += goal;
  }
  return joined;
}

}  // namespace rmt::prover
