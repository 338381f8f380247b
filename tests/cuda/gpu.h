// The GPU the tests run on.
#pragma once

#include <c10/core/Device.h>

#include <optional>

namespace rmt::tests {

/// The first that can be used. Without one nothing, and a line that says why the test was skipped.
std::optional<c10::Device> gpu_for_tests();

}  // namespace rmt::tests
