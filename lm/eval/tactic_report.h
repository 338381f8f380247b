// What whole lines of tactic proofs were worth, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "lm/eval/identity.h"
#include "lm/eval/tactic_tally.h"

namespace rmt::lm {

/// A line for each row, the memory reset beside the memory carried where both were read.
std::string tactic_table(const Identity& identity, std::span<const TacticRow> rows);

/// The row of all lines as an object, the others as its "by_segments_before".
nlohmann::json to_json(std::span<const TacticRow> rows);

}  // namespace rmt::lm
