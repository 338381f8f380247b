// Which device a command computes on: what was asked for, and what this machine has to offer.
#pragma once

#include <c10/core/Device.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::model {

/// What --device says.
struct DeviceChoice {
  enum class Kind {
    cpu,
    cuda,      ///< GPU number `index`, or an error
    automatic  ///< the first GPU that can be used, else the CPU
  };
  Kind kind = Kind::cpu;
  int64_t index = 0;  ///< of the GPU
};

/// "cpu", "cuda", "cuda:1", "auto"; nothing for any other text.
std::optional<DeviceChoice> device_by_name(std::string_view name);

struct Gpu {
  std::string name;
  int64_t major = 0, minor = 0;  ///< compute capability
  int64_t memory_bytes = 0, multiprocessors = 0;
};

/// What can be computed on here, as found at run time. A value, so that every finding can be tested.
struct DeviceFindings {
  bool built_for_cuda = false;  ///< this program was built against a torch with CUDA
  std::string torch;            ///< its version, for messages
  std::string driver_fault;     ///< why no GPU can be reached, as the CUDA runtime puts it; empty: it can
  std::vector<Gpu> gpus;
};

/// Looks. Starts nothing on a GPU but the driver.
DeviceFindings find_devices();

/// The device of `choice`. Throws DeviceError: no CUDA in this build, no driver, no GPU, no such number, a GPU below
/// compute capability 8.0 (which has no bf16 products).
c10::Device require_device(const DeviceChoice& choice, const DeviceFindings& found);

/// Why the first GPU cannot be used, as a sentence; empty where it can. What "auto" fell back for.
std::string why_no_gpu(const DeviceFindings& found);

/// "cpu", or "cuda:0 (NVIDIA H200)": for logs and records.
std::string describe(const c10::Device& device, const DeviceFindings& found);

}  // namespace rmt::model
