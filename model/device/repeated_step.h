// Work of fixed shapes on tensors that stay where they are, done again and again.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>

namespace rmt::model {

/// On a GPU the work is recorded once as a CUDA graph and then replayed as one launch; elsewhere it is simply done.
/// Tensors made inside belong to the recording: what is to be kept is written into tensors made outside.
class RepeatedStep {
 public:
  virtual ~RepeatedStep() = default;

  /// In the current queue.
  virtual void run() = 0;
};

/// `work` must read and write only tensors that outlive the step, never wait for the device, and not depend on values
/// on the host. Before it is recorded it is done a few times: what it changes is to be set after this returns.
std::unique_ptr<RepeatedStep> repeated_step(const c10::Device& device, std::function<void()> work);

}  // namespace rmt::model
