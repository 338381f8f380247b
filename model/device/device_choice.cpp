#include "model/device/device_choice.h"

#include <charconv>

#include "model/device/error.h"

namespace rmt::model {

namespace {

constexpr int64_t kLeastMajor = 8;
constexpr const char* kCpu = " --device cpu computes on the processor.";

std::string count_of(size_t gpus) {
  return gpus == 1 ? "1 GPU" : std::to_string(gpus) + " GPUs";
}

// What is wrong with GPU `index`, as a sentence; empty: nothing.
std::string fault_of(int64_t index, const DeviceFindings& found) {
  if (!found.built_for_cuda)
    return "This rmt-lm was built against torch " + found.torch +
           ", which has no CUDA. Build it against the CUDA wheel of torch (README.md, \"On a GPU\").";
  if (!found.driver_fault.empty())
    return "No GPU can be reached: " + found.driver_fault + ". Is the NVIDIA driver installed, new enough for torch " +
           found.torch + ", and nvidia-smi content?";
  if (found.gpus.empty())
    return "There is no GPU to be seen. nvidia-smi lists those of the machine, and CUDA_VISIBLE_DEVICES hides some.";
  if (index >= static_cast<int64_t>(found.gpus.size()))
    return "There is no cuda:" + std::to_string(index) + ": this machine shows " + count_of(found.gpus.size()) +
           ", numbered from 0.";
  const Gpu& gpu = found.gpus[static_cast<size_t>(index)];
  if (gpu.major < kLeastMajor)
    return "cuda:" + std::to_string(index) + ", " + gpu.name + ", has compute capability " + std::to_string(gpu.major) +
           "." + std::to_string(gpu.minor) + "; 8.0 (Ampere) is the least that is supported.";
  return {};
}

}  // namespace

std::optional<DeviceChoice> device_by_name(std::string_view name) {
  using Kind = DeviceChoice::Kind;
  constexpr std::string_view kNumbered = "cuda:";
  if (name == "cpu") return DeviceChoice{Kind::cpu, 0};
  if (name == "auto") return DeviceChoice{Kind::automatic, 0};
  if (name == "cuda") return DeviceChoice{Kind::cuda, 0};
  if (!name.starts_with(kNumbered)) return std::nullopt;
  int8_t index = -1;  // as narrow as c10's
  const std::string_view digits = name.substr(kNumbered.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || end != digits.data() + digits.size() || index < 0) return std::nullopt;
  return DeviceChoice{Kind::cuda, index};
}

c10::Device require_device(const DeviceChoice& choice, const DeviceFindings& found) {
  if (choice.kind == DeviceChoice::Kind::cpu) return c10::kCPU;
  const std::string fault = fault_of(choice.index, found);
  if (fault.empty()) return {c10::kCUDA, static_cast<c10::DeviceIndex>(choice.index)};
  if (choice.kind == DeviceChoice::Kind::automatic) return c10::kCPU;
  throw DeviceError(fault + kCpu);
}

std::string why_no_gpu(const DeviceFindings& found) {
  return fault_of(0, found);
}

std::string describe(const c10::Device& device, const DeviceFindings& found) {
  std::string text = device.str();
  const auto index = static_cast<size_t>(device.has_index() ? device.index() : 0);
  if (device.is_cuda() && index < found.gpus.size()) text += " (" + found.gpus[index].name + ")";
  return text;
}

}  // namespace rmt::model
