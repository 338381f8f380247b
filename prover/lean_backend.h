// A Lean that checks tactics, whichever it is and however it is driven.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "prover/theorem.h"
#include "prover/verdict.h"

namespace rmt::prover {

/// Which Lean stands behind a verdict, told with every result.
struct LeanInfo {
  std::string backend;         ///< "worker", "language server"
  std::string version;         ///< of Lean: "4.35.0"
  std::string library;         ///< what theorems stand on: "rmt core", "Mathlib", "Init"
  std::string library_sha256;  ///< of the library's sources, where they are ours; else empty
};

/// The file does not get as far as the hole: an earlier declaration or the statement itself does not elaborate.
class StatementError : public std::runtime_error {
 public:
  /// `line` and `column` count from 1, in the whole file; 0 where Lean names no place.
  StatementError(const std::string& what, int line, int column)
      : std::runtime_error(what), line_(line), column_(column) {}
  int line() const { return line_; }
  int column() const { return column_; }

 private:
  int line_, column_;
};

/// Input that is not shown to Lean; what() names the rule.
class RejectedInput : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No Lean, one that does not start, one that keeps dying; what() says what to do.
class LeanUnavailable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// More is waiting for Lean than may wait: later, there will be room.
class LeanBusy : public LeanUnavailable {
  using LeanUnavailable::LeanUnavailable;
};

/// A theorem that Lean has read up to the hole. For one thread at a time.
class OpenTheorem {
 public:
  virtual ~OpenTheorem() = default;

  /// At the hole, before any tactic.
  virtual const std::vector<std::string>& goals() const = 0;

  /// One verdict for each script, in order, whatever becomes of Lean meanwhile: a script that kills it gets `timeout`
  /// or `rejected` and its neighbours their own verdicts. A script is the whole block from the hole on. Scripts not
  /// begun when `stop` is requested get `timeout`. Throws LeanUnavailable.
  virtual std::vector<Verdict> check(const std::vector<std::string>& scripts, std::stop_token stop = {}) = 0;
};

/// For health pages and metrics. Sums since it was opened; zero where a backend does not count.
struct LeanActivity {
  int64_t processes = 0, busy = 0, waiting = 0;  ///< of Lean; at work; requests that wait for one
  int64_t checks = 0;                            ///< scripts and files with an answer
  int64_t starts = 0, deaths = 0, kills = 0;     ///< of processes; in the middle of a request; over a limit
};

/// Safe to call from any thread.
class LeanBackend {
 public:
  virtual ~LeanBackend() = default;

  virtual const LeanInfo& info() const = 0;
  virtual LeanActivity activity() const { return {}; }

  /// Throws StatementError, RejectedInput, LeanUnavailable.
  virtual std::unique_ptr<OpenTheorem> open(const Theorem& theorem) = 0;
};

/// What a proof is worth.
struct Certificate {
  bool proved = false;
  std::vector<std::string> axioms;  ///< that the theorem depends on
  std::string why_not;              ///< where it is not proved
  std::string statement;            ///< its type, as Lean prints it
};

/// The last word on a proof: a fresh Lean reads the whole file with the script in its place. Only axioms of
/// {propext, Classical.choice, Quot.sound} are allowed; the statement must be what it was without the script; nothing
/// but the theorem may have been added.
class FinalCheck {
 public:
  virtual ~FinalCheck() = default;
  /// Throws LeanUnavailable.
  virtual Certificate verify(const Theorem& theorem, const std::string& script) = 0;
};

/// A whole file in front of Lean.
struct Diagnostic {
  enum class Severity { error, warning, information };
  Severity severity = Severity::error;
  int line = 1, column = 1, end_line = 1, end_column = 1;  ///< from 1; columns in Unicode code points
  std::string message;
};

class FileCheck {
 public:
  virtual ~FileCheck() = default;
  /// Everything Lean says of it, in order. Commands run in the jail. Throws RejectedInput, LeanUnavailable.
  virtual std::vector<Diagnostic> diagnose(const std::string& file) = 0;
};

}  // namespace rmt::prover
