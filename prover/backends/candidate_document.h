// One text for many scripts: the file up to the theorem, then a copy of the theorem for each script. All that a Lean
// server keeps of the file before stays elaborated while the copies behind it change.
//
//   import A …                                       ◀ Theorem::before
//   set_option maxHeartbeats 20000 in                ◀ copy 0, a ScriptSource
//   theorem t._rmt0 (p : Prop) : p → p := by
//     …
//   /-! -/                                           ◀ a command: what a script leaves open breaks here
//   set_option …                                     ◀ copy 1
//
// The copies' names are of a kind that Lean keeps to itself, and their attributes are left out, so that no copy is
// proved by another (`exact?`, `simp`).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prover/backends/lean_message.h"
#include "prover/backends/script_source.h"
#include "prover/backends/verdicts.h"
#include "prover/theorem.h"

namespace rmt::prover {

/// A diagnostic of a language server: lines from 0, columns in UTF-16 code units.
struct ServerDiagnostic {
  Diagnostic::Severity severity = Diagnostic::Severity::error;
  int line = 0, column = 0, end_line = 0, end_column = 0;
  std::string text;
};

class CandidateDocument {
 public:
  /// Whether copies can stand beside each other: not those of mutual blocks, instances and other declarations that are
  /// found without their name, nor of a theorem that speaks of itself.
  static bool can_hold_several(const Theorem& theorem);
  /// Not a script that speaks of the theorem by its name, which is another one there.
  static bool may_stand_beside_others(const Theorem& theorem, std::string_view script);

  CandidateDocument(const Theorem& theorem, const std::vector<std::string>& scripts, int heartbeats);

  /// Theorem::before, with a line end; the same for every document of a theorem.
  const std::string& head() const { return head_; }
  /// All copies.
  const std::string& tail() const { return tail_; }
  /// Lines, from 0, at which head and tail end.
  int head_lines() const { return head_lines_; }
  int tail_lines() const { return tail_lines_; }

  size_t copies() const { return copies_.size(); }
  const ScriptSource& source(size_t copy) const { return copies_[copy].source; }

  /// What was said of each copy, places counted in its source, in the order of places.
  std::vector<Elaboration> share_out(const std::vector<ServerDiagnostic>& diagnostics) const;
  /// The first error in the file before, in its own place.
  std::optional<LeanMessage> error_in_head(const std::vector<ServerDiagnostic>& diagnostics) const;

 private:
  struct Copy {
    ScriptSource source;
    std::string mark;                       // by which its name differs
    int first_line, source_line, end_line;  // in the document, from 0
    int column;                             // in which the source begins
  };

  void add_copy(const Theorem& theorem, const std::string& script, int heartbeats);
  LeanMessage message_of(const ServerDiagnostic& diagnostic, std::string_view text, int first_line) const;

  std::string head_, tail_;
  int head_lines_ = 0, tail_lines_ = 0, column_ = 0;
  bool several_ = false;
  std::vector<Copy> copies_;
};

}  // namespace rmt::prover
