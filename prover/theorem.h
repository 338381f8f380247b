// What is to be proved: a place in a Lean file where tactics are missing.
#pragma once

#include <string>

namespace rmt::prover {

/// before + head + tactics + tail is a Lean file. Tactics are written as a block whose lines begin in column 0; whoever
/// puts them into the file indents every line but the first by `indent`.
struct Theorem {
  std::string name;    ///< of the declaration the hole is in, as it is written there; "example" where it has none
  std::string before;  ///< the file up to that declaration: imports, opens, earlier declarations
  std::string head;    ///< the declaration up to the hole: "theorem t (p : Prop) : p → p := by\n  "
  std::string tail{};  ///< the declaration behind the hole; mostly empty
  int indent = 2;      ///< column of the hole's tactic block
};

}  // namespace rmt::prover
