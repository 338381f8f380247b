#include "prover/backends/lean_message.h"

namespace rmt::prover {

Diagnostic diagnostic_of(const LeanMessage& message, TextPosition origin) {
  const TextPosition from = shifted(origin, message.from);
  const TextPosition to = shifted(origin, message.to);
  return {message.severity, from.line, from.column + 1, to.line, to.column + 1, message.text};
}

}  // namespace rmt::prover
