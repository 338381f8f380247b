// A device that cannot be had.
#pragma once

#include <stdexcept>
#include <string>

namespace rmt::model {

/// `what()` says what was looked for, what was found, and what to do: the CPU is always there.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace rmt::model
