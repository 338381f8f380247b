// How a tactic model is asked: the text it was trained to go on from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::prover {

/// The prompt is before_state + goals + before_prefix + prefix; the shape of llmstep's models.
struct TacticPrompt {
  std::string before_state = "[GOAL]", before_prefix = "[PROOFSTEP]";
  std::vector<std::string> stop = {"\n"};  ///< a tactic ends before the first of these
  int64_t max_tokens = 128;

  std::string text(std::string_view state, std::string_view prefix) const;
};

/// Goals as LeanCopilot and llmstep write them: separated by a blank line; "no goals" where there is none.
std::string joined_goals(const std::vector<std::string>& goals);

}  // namespace rmt::prover
