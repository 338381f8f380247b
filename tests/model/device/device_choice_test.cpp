// What is said where a GPU is asked for and cannot be had. What this machine has plays no part.
#include "model/device/device_choice.h"

#include <string>

#include "model/device/device_memory.h"
#include "model/device/error.h"
#include "tests/support/doctest.h"

namespace rmt::model {
namespace {

const Gpu kHopper{.name = "NVIDIA H200", .major = 9, .minor = 0, .memory_bytes = 0, .multiprocessors = 132};
const Gpu kTuring{.name = "NVIDIA T4", .major = 7, .minor = 5, .memory_bytes = 0, .multiprocessors = 40};

DeviceFindings with(std::vector<Gpu> gpus) {
  return {.built_for_cuda = true, .torch = "2.11.0", .driver_fault = {}, .gpus = std::move(gpus)};
}

c10::Device chosen(std::string_view name, const DeviceFindings& found) {
  return require_device(device_by_name(name).value(), found);
}

std::string refusal(std::string_view name, const DeviceFindings& found) {
  try {
    return "not refused: " + chosen(name, found).str();
  } catch (const DeviceError& error) {
    return error.what();
  }
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("devices by name") {
  CHECK(device_by_name("cpu")->kind == DeviceChoice::Kind::cpu);
  CHECK(device_by_name("auto")->kind == DeviceChoice::Kind::automatic);
  CHECK(device_by_name("cuda")->index == 0);
  CHECK(device_by_name("cuda:3")->index == 3);
  CHECK(device_by_name("cuda:3")->kind == DeviceChoice::Kind::cuda);
  for (const char* wrong : {"", "gpu", "cuda:", "cuda:-1", "cuda:+1", "cuda:1x", "cuda:999", "CPU", "cuda 0"})
    CHECK_MESSAGE(!device_by_name(wrong), wrong);
}

TEST_CASE("what can be used is taken") {
  CHECK(chosen("cpu", {}) == c10::Device(c10::kCPU));
  CHECK(chosen("cuda", with({kHopper})) == c10::Device(c10::kCUDA, 0));
  CHECK(chosen("cuda:1", with({kTuring, kHopper})) == c10::Device(c10::kCUDA, 1));
  CHECK(chosen("auto", with({kHopper})) == c10::Device(c10::kCUDA, 0));
  CHECK(why_no_gpu(with({kHopper})).empty());
  CHECK(describe(c10::Device(c10::kCUDA, 0), with({kHopper})) == "cuda:0 (NVIDIA H200)");
  CHECK(describe(c10::kCPU, with({kHopper})) == "cpu");
}

TEST_CASE("every way not to have a GPU says what it is, and offers the CPU") {
  DeviceFindings no_driver = with({});
  no_driver.driver_fault = "CUDA driver version is insufficient for CUDA runtime version";
  DeviceFindings cpu_build;
  cpu_build.torch = "2.13.0+cpu";
  const struct {
    const char* name;
    DeviceFindings found;
    const char* says;
  } cases[] = {{"cuda", cpu_build, "built against torch 2.13.0+cpu, which has no CUDA"},
               {"cuda", no_driver, "driver version is insufficient"},
               {"cuda", with({}), "no GPU to be seen"},
               {"cuda:2", with({kHopper, kHopper}), "no cuda:2: this machine shows 2 GPUs"},
               {"cuda:1", with({kHopper}), "1 GPU,"},
               {"cuda", with({kTuring}), "NVIDIA T4, has compute capability 7.5"}};
  for (const auto& one : cases) {
    const std::string message = refusal(one.name, one.found);
    CHECK_MESSAGE(contains(message, one.says), message);
    CHECK_MESSAGE(contains(message, "--device cpu"), message);
  }
  for (const DeviceFindings& found : {cpu_build, no_driver, with({}), with({kTuring})}) {
    CHECK(chosen("auto", found) == c10::Device(c10::kCPU));
    CHECK(!why_no_gpu(found).empty());
    CHECK(chosen("cpu", found) == c10::Device(c10::kCPU));
  }
}

TEST_CASE("this machine's findings are of one piece") {
  const DeviceFindings found = find_devices();
  CHECK(!found.torch.empty());
  if (!found.built_for_cuda) CHECK(found.gpus.empty());
  if (!found.driver_fault.empty()) CHECK(found.gpus.empty());
}

TEST_CASE("out of memory says how much and what to lower") {
  constexpr int64_t kGib = int64_t{1} << 30;
  const std::string message =
      out_of_memory("reading 8 documents", {.used = 3 * kGib / 2, .peak = 2 * kGib, .total = 16 * kGib}, "--batch");
  CHECK(contains(message, "while reading 8 documents"));
  CHECK(contains(message, "1.5 GiB of its 16.0 GiB"));
  CHECK(contains(message, "at most it were 2.0 GiB"));
  CHECK(contains(message, "Lower --batch"));
}

}  // namespace rmt::model
