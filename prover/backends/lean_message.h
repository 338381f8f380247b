// One thing that Lean says of a text, whichever way it came to us.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "prover/backends/text_position.h"
#include "prover/lean_backend.h"

namespace rmt::prover {

struct LeanMessage {
  Diagnostic::Severity severity = Diagnostic::Severity::error;
  TextPosition from;  ///< in the text that was elaborated
  TextPosition to;    ///< equal to `from` where Lean names no end
  std::string text;
  std::string kind = {};  ///< Lean's tag of it: "hasSorry"; empty where the way it came has none
};

/// One line of `lean --json`. Throws std::runtime_error where it is not one.
LeanMessage lean_message_of_json(std::string_view line);

/// `message`, said of a text that begins at `origin` of a file, as the file's reader sees it.
Diagnostic diagnostic_of(const LeanMessage& message, TextPosition origin = {});

}  // namespace rmt::prover
