// The part of repeated_step() that only a build with CUDA has.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <memory>

#include "model/device/repeated_step.h"

namespace rmt::model {

/// Records `work` as a CUDA graph. Throws DeviceError in a build without CUDA.
std::unique_ptr<RepeatedStep> record_step(const c10::Device& device, std::function<void()> work);

}  // namespace rmt::model
