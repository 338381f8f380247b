// Errors of several processes that are one run.
#pragma once

#include <stdexcept>
#include <string>

namespace rmt::lm {

enum class ProcessErrc {
  misplaced,    // what the launcher set contradicts itself, or is not enough
  unlike,       // the processes would not do the same
  lost,         // another process of the run is gone, or never came
  unavailable,  // this build was made without them
};

/// `what()` says what is wrong, where, and what to do next.
class ProcessError : public std::runtime_error {
 public:
  ProcessError(ProcessErrc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ProcessErrc code() const noexcept { return code_; }

 private:
  ProcessErrc code_;
};

}  // namespace rmt::lm
