// bench_gpu REQUEST: measures one thing on one device and answers with a line of JSON. The request is JSON, too:
// {"what": "read", "device": "cuda", "segments": 4096}. bench/gpu/run writes them.
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>

#include "bench/gpu/measure.h"
#include "model/device/device_choice.h"
#include "model/device/device_memory.h"
#include "model/device/error.h"
#include "model/ops/gpu_kernels.h"

namespace rmt::bench {
namespace {

constexpr int kUsage = 2, kUnavailable = 69;

nlohmann::json describe_device(const Request& request) {
  const model::DeviceFindings found = model::find_devices();
  nlohmann::json gpus = nlohmann::json::array();
  for (const model::Gpu& gpu : found.gpus)
    gpus.push_back({{"name", gpu.name},
                    {"compute_capability", std::to_string(gpu.major) + "." + std::to_string(gpu.minor)},
                    {"memory_bytes", gpu.memory_bytes},
                    {"multiprocessors", gpu.multiprocessors}});
  return {{"device", model::describe(request.device, found)},
          {"torch", found.torch},
          {"gpus", gpus},
          {"own_kernels", model::ops::has_gpu_kernels()}};
}

int run(const std::string& text) {
  using Measure = nlohmann::json (*)(const Request&);
  static const std::map<std::string, Measure> measures = {{"device", describe_device},
                                                          {"ceilings", measure_ceilings},
                                                          {"read", measure_reading},
                                                          {"decode", measure_decoding},
                                                          {"train", measure_training}};
  const nlohmann::json fields = nlohmann::json::parse(text);
  const auto measure = measures.find(fields.value("what", ""));
  const auto choice = model::device_by_name(fields.value("device", "cuda"));
  if (measure == measures.end() || !choice) {
    std::cerr << "bench_gpu: a request needs \"what\" (device, ceilings, read, decode, train) and a \"device\" (cpu, "
                 "cuda, cuda:N, auto)\n";
    return kUsage;
  }
  const Request request{fields, model::require_device(*choice, model::find_devices())};
  try {
    nlohmann::json answer = measure->second(request);
    answer["request"] = fields;
    std::cout << answer.dump() << std::endl;
    return 0;
  } catch (const c10::OutOfMemoryError&) {
    std::cerr << model::out_of_memory("measuring " + text, model::memory_of(request.device), "batch or segments")
              << "\n";
    return kUnavailable;
  }
}

}  // namespace
}  // namespace rmt::bench

int main(int argc, char** argv) try {
  if (argc == 2) return rmt::bench::run(argv[1]);
  std::cerr << "usage: bench_gpu '{\"what\": \"read\", \"device\": \"cuda\"}'\n";
  return rmt::bench::kUsage;
} catch (const rmt::model::DeviceError& error) {
  std::cerr << "bench_gpu: " << error.what() << "\n";
  return rmt::bench::kUnavailable;
} catch (const std::exception& error) {
  std::cerr << "bench_gpu: " << error.what() << "\n";
  return 1;
}
