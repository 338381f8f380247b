// What a device's memory is used for, and what is said when it is not enough.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <string>

namespace rmt::model {

struct DeviceMemory {
  int64_t used = 0, peak = 0;  ///< of tensors of this program
  int64_t total = 0;           ///< of the device
};

/// Of a GPU; zeros for the CPU.
DeviceMemory memory_of(const c10::Device& device);
/// The peak counts from here.
void forget_peak(const c10::Device& device);

/// A message for an allocation that failed while `doing`, with what is used and what to lower.
std::string out_of_memory(const std::string& doing, const DeviceMemory& memory, const std::string& lower);

}  // namespace rmt::model
