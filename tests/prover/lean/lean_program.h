// The `lean` that was built with the core library, run on a text as a person would run it.
#pragma once

#include <string>
#include <vector>

namespace rmt::tests {

struct LeanMessage {
  std::string severity;  ///< "error", "warning", "information"
  int line = 0;          ///< from 1
  std::string text;
};

/// False, with a printed line, where no Lean was installed when this was built.
bool lean_is_built();

/// What Lean says of the file, in order.
std::vector<LeanMessage> lean_on(const std::string& file);

}  // namespace rmt::tests
