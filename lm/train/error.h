// Errors of training that are no fault of a file.
#pragma once

#include <stdexcept>
#include <string>

namespace rmt::lm {

enum class TrainErrc {
  recipe,    // settings that cannot work together, or with this model
  diverged,  // a loss or gradient that is no number
  memory,    // less than the run would take
};

/// `what()` says what is wrong, where, and what to do next.
class TrainError : public std::runtime_error {
 public:
  TrainError(TrainErrc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  TrainErrc code() const noexcept { return code_; }

 private:
  TrainErrc code_;
};

}  // namespace rmt::lm
