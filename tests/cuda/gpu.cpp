#include "tests/cuda/gpu.h"

#include <cstdio>

#include "model/device/device_choice.h"
#include "tests/support/doctest.h"

namespace rmt::tests {

std::optional<c10::Device> gpu_for_tests() {
  const model::DeviceFindings found = model::find_devices();
  const c10::Device device = require_device({model::DeviceChoice::Kind::automatic, 0}, found);
  if (!device.is_cpu()) return device;
  const std::string why = why_no_gpu(found);
  CHECK(!why.empty());
  std::printf("skipped: %s\n", why.c_str());
  return std::nullopt;
}

}  // namespace rmt::tests
