// What the CUDA runtime says of this machine, and of the memory in use.
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>
#include <torch/version.h>

#include "model/device/device_choice.h"
#include "model/device/device_memory.h"

namespace rmt::model {

DeviceFindings find_devices() {
  DeviceFindings found{.built_for_cuda = true, .torch = TORCH_VERSION, .driver_fault = {}, .gpus = {}};
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();  // or the next call would report it once more
    if (status != cudaErrorNoDevice) found.driver_fault = cudaGetErrorString(status);
    return found;
  }
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties{};
    if (const cudaError_t refused = cudaGetDeviceProperties(&properties, i); refused != cudaSuccess) {
      found.driver_fault = cudaGetErrorString(refused);
      return found;
    }
    found.gpus.push_back({.name = properties.name,
                          .major = properties.major,
                          .minor = properties.minor,
                          .memory_bytes = static_cast<int64_t>(properties.totalGlobalMem),
                          .multiprocessors = properties.multiProcessorCount});
  }
  return found;
}

DeviceMemory memory_of(const c10::Device& device) {
  if (!device.is_cuda()) return {};
  constexpr size_t kAllPools = 0;
  const auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(device.has_index() ? device.index() : 0);
  const auto& bytes = stats.allocated_bytes[kAllPools];
  size_t free = 0, total = 0;
  if (cudaMemGetInfo(&free, &total) != cudaSuccess) cudaGetLastError();
  return {.used = bytes.current, .peak = bytes.peak, .total = static_cast<int64_t>(total)};
}

void forget_peak(const c10::Device& device) {
  if (device.is_cuda()) c10::cuda::CUDACachingAllocator::resetPeakStats(device.has_index() ? device.index() : 0);
}

}  // namespace rmt::model
