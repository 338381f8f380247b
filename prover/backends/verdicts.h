// From what Lean says of a script to a verdict. Free of processes: every backend judges by these.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "prover/backends/lean_message.h"
#include "prover/backends/script_source.h"
#include "prover/verdict.h"

namespace rmt::prover {

/// What became of one ScriptSource::text.
struct Elaboration {
  std::vector<LeanMessage> messages{};  ///< in Lean's order
  int commands = 1;                     ///< the text was read as; 1 where nobody counts
  std::vector<std::string> axioms{};    ///< it added to the environment; empty where nobody looks
};

/// The goals in a text of Lean's: separated by empty lines; none in "no goals" and in "".
std::vector<std::string> split_goals(std::string_view text);

/// `bare` is the same theorem's elaboration with the empty script: a script may do no more than that and prove.
/// Any error makes `error` (or `timeout`, where it is Lean's own limit); commands or axioms of the script's own and a
/// `sorry` that nobody but the script can have used make `rejected`.
Verdict judge(const ScriptSource& source, const Elaboration& elaboration, const Elaboration& bare);

/// Throws StatementError for the first error, its place counted in a file in which the text begins at `origin`.
void refuse_errors(const Elaboration& elaboration, TextPosition origin);

/// The goals at the hole, from the elaboration of the empty script. Throws StatementError as above, also where no goal
/// is shown.
std::vector<std::string> goals_at_hole(const ScriptSource& source, const Elaboration& bare, TextPosition origin);

}  // namespace rmt::prover
