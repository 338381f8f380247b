#include "app/device_option.h"

#include <spdlog/spdlog.h>

#include "app/launched.h"
#include "lm/flops.h"
#include "model/device/device_choice.h"

namespace rmt::app {
namespace {

c10::Device open(const std::string& name, const model::DeviceFindings& found) {
  model::DeviceChoice choice = model::device_by_name(name).value();
  const lm::ProcessPlace place = launched_place();
  if (name == "cuda" && place.on_machine > 1) choice.index = place.rank % place.on_machine;
  return require_device(choice, found);
}

}  // namespace

void add_device_option(CLI::App& command, std::string& device) {
  const auto known = [](const std::string& name) -> std::string {
    if (model::device_by_name(name)) return {};
    return "'" + name + "' is no device: give cpu, cuda, cuda:1 or auto";
  };
  command.add_option("--device", device, "What to compute on: cpu, cuda, cuda:N, or auto: a GPU where one can be used")
      ->check(CLI::Validator(known, "DEVICE"))
      ->capture_default_str();
}

c10::Device open_device(const std::string& name) {
  return open(name, model::find_devices());
}

c10::Device open_device_aloud(const std::string& name) {
  const model::DeviceFindings found = model::find_devices();
  const c10::Device device = open(name, found);
  if (!device.is_cpu()) spdlog::info("Computing on {}", describe(device, found));
  if (device.is_cpu() && name == "auto") spdlog::info("Computing on the CPU. {}", why_no_gpu(found));
  return device;
}

double peak_flops(const c10::Device& device) {
  const model::DeviceFindings found = model::find_devices();
  const auto index = static_cast<size_t>(device.has_index() ? device.index() : 0);
  if (!device.is_cuda() || index >= found.gpus.size()) return 0;
  return lm::peak_bf16_flops(found.gpus[index].name).value_or(0);
}

}  // namespace rmt::app
