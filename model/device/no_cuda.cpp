// A build against a torch without CUDA: only the CPU is there.
#include <torch/version.h>

#include "model/device/device_choice.h"
#include "model/device/device_memory.h"
#include "model/device/error.h"
#include "model/device/recording.h"

namespace rmt::model {

DeviceFindings find_devices() {
  return {.built_for_cuda = false, .torch = TORCH_VERSION, .driver_fault = {}, .gpus = {}};
}

std::unique_ptr<RepeatedStep> record_step(const c10::Device& device, std::function<void()> /*work*/) {
  throw DeviceError("This rmt-lm was built without CUDA and cannot work on " + device.str() + ".");
}

DeviceMemory memory_of(const c10::Device& /*device*/) {
  return {};
}
void forget_peak(const c10::Device& /*device*/) {}

}  // namespace rmt::model
