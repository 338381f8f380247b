#include "model/device/device_memory.h"

namespace rmt::model {

namespace {

std::string gib(int64_t bytes) {
  const int64_t tenths = (bytes * 10 + (int64_t{1} << 29)) >> 30;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

}  // namespace

std::string out_of_memory(const std::string& doing, const DeviceMemory& memory, const std::string& lower) {
  return "Out of memory on the GPU while " + doing + ": " + gib(memory.used) + " of its " + gib(memory.total) +
         " are in use here, at most it were " + gib(memory.peak) + ". Lower " + lower +
         ", or see with nvidia-smi who else uses it. --device cpu computes on the processor.";
}

}  // namespace rmt::model
