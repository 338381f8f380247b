// Sums over the processes of a run that are made where the tensors lie: on the GPUs themselves, past the host. The
// library that makes them is a value, so that what goes where can be tested without one.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace rmt::lm {

/// One process's place among all that add up. Nothing here waits: whether another process was lost is to be looked at
/// in between. Its end breaks off what is still under way, as it must when another will never take part.
class DeviceSums {
 public:
  virtual ~DeviceSums() = default;

  /// Whether all is done that was begun: that the processes met, or the last sum. Throws what went wrong.
  virtual bool is_done() = 0;

  /// Every process ends up with the sum over all of them, once is_done(); as was all that was begun before. After
  /// whatever is queued for the tensor now.
  virtual void begin_sum(const at::Tensor& tensor) = 0;
};

struct DeviceLibrary {
  std::string name{};  ///< with its version; empty: this build has none

  /// What process 0 must tell all so that they can meet. May throw.
  std::function<std::string()> invitation{};
  /// Begins to meet the others, each of which does the same with the same invitation. May throw.
  std::function<std::unique_ptr<DeviceSums>(const c10::Device& device, const std::string& invitation, int64_t rank,
                                            int64_t count)>
      meet{};
};

/// NCCL, in a build against a torch with CUDA where its header was found.
DeviceLibrary device_library();

}  // namespace rmt::lm
