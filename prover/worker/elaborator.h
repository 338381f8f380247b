// Lean's elaborator in this process: texts in, messages out. One thread, and nothing of Lean's runs beside it, so the
// process may fork between any two calls.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "prover/backends/lean_message.h"
#include "prover/worker/lean_object.h"

namespace rmt::prover {

/// Lean cannot be started, or says no where that cannot be the text's fault.
class LeanFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The beginning of a file: `module`, `prelude`, imports.
struct LeanHeader {
  LeanRef input, syntax, parser_state, messages;
  std::vector<std::string> imports;  ///< module names, Init among them where it is implied

  /// The same modules in the same order.
  bool imports_same(const LeanHeader& other) const { return imports == other.imports; }
};

/// Where the elaboration of a file stands: environment, scopes, options. A value.
struct LeanState {
  LeanRef command_state;
};

/// What came of some commands.
struct LeanOutcome {
  std::vector<LeanMessage> messages;
  int commands = 0;
};

/// Starts the runtime; once in a process. Throws LeanFailure for a library that is not the version we were built for.
void start_lean(const std::vector<std::string>& module_folders);

/// Lean's tasks want somebody to run them. Nobody may be there while the process forks.
class TaskManager {
 public:
  TaskManager();
  ~TaskManager();
  TaskManager(const TaskManager&) = delete;
  TaskManager& operator=(const TaskManager&) = delete;
};

LeanHeader parse_header(std::string_view file);

/// What the parser had to say of it.
void append_messages(const LeanHeader& header, std::vector<LeanMessage>& messages);

/// Loads what the header imports and makes it live for ever, so that forked processes share its pages. An import that
/// fails is an error among the messages.
LeanState import_modules(const LeanHeader& header, std::vector<LeanMessage>& messages);

/// `state` with everything it holds made to live for ever; for one that many processes will start from. Would wait for
/// tasks in it without an end: for one that was elaborated without any.
void make_permanent(const LeanState& state);

/// Reads the commands of `header.input` behind the header.
LeanOutcome elaborate_rest(const LeanHeader& header, LeanState& state);
/// Reads `text` as more commands; positions in messages are those in `text`.
LeanOutcome elaborate(std::string_view text, LeanState& state);

/// The axioms that the file itself, not its imports, has added so far.
std::vector<std::string> added_axioms(const LeanState& state);

}  // namespace rmt::prover
