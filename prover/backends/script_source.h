// A script of tactics in its place, as a text for Lean, with a probe behind it that makes Lean say which goals are left
// and closes them, so that one text after another can be read without an error of ours in it.
//
//   theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
//     constructor            ◀ script
//     trace_state            ◀ probe
//     all_goals sorry
#pragma once

#include <string>
#include <string_view>

#include "prover/backends/text_position.h"
#include "prover/theorem.h"

namespace rmt::prover {

/// A declaration with a script and the probe. Positions are those in `text`.
struct ScriptSource {
  std::string text;              ///< head, script, probe and tail; Theorem::before is not in it
  TextPosition script;           ///< of the script's first character
  TextPosition probe;            ///< where Lean reports the goals left
  TextPosition tail;             ///< of the tail's first character
  bool sorry_elsewhere = false;  ///< head or tail hold a `sorry` of their own, so that Lean warns of it in any case
};

/// `script` may be empty: then the goals are those of the hole.
ScriptSource source_of(const Theorem& theorem, std::string_view script);

/// The whole file with the script in its place and nothing of ours in it: what a final check reads and a user keeps.
std::string file_of(const Theorem& theorem, std::string_view script);

/// `script` with every line but the first moved right by `columns`; empty lines stay empty.
std::string indented(std::string_view script, int columns);

}  // namespace rmt::prover
