// Names what the CUDA sources define, so that linking this links them against a torch with CUDA.
#include <cstdio>

#include "lm/processes/device_sums.h"
#include "model/device/device_choice.h"
#include "model/device/device_memory.h"
#include "model/device/repeated_step.h"
#include "model/device/work_queue.h"
#include "model/ops/gpu_kernels.h"

int main() {
  using namespace rmt::model;
  const DeviceFindings found = find_devices();
  const c10::Device device = require_device({DeviceChoice::Kind::automatic, 0}, found);
  const auto step = repeated_step(device, [] {});
  step->run();
  WorkQueue::another(device).finish();
  forget_peak(device);
  std::printf("%s %lld %d\n", describe(device, found).c_str(), static_cast<long long>(memory_of(device).peak),
              ops::has_gpu_kernels() && !ops::gpu_token_nll({}, {}, {}) && !ops::gpu_softmax_gradient({}, {}, {}, {}) &&
                  !ops::gpu_normalize({}, {}, {}, at::kFloat).defined());
#ifdef RMTLM_LINK_NCCL
  std::printf("%s\n", rmt::lm::device_library().name.c_str());
#endif
  return 0;
}
