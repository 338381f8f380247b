// Stands in for nccl_sums.cpp in a build without CUDA or without NCCL.
#include "lm/processes/device_sums.h"

namespace rmt::lm {

DeviceLibrary device_library() {
  return {};
}

}  // namespace rmt::lm
