// What the parts of bench_gpu share: a request as it came, and a clock that waits for the device.
#pragma once

#include <c10/core/Device.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/gpu/random_model.h"
#include "model/device/work_queue.h"

namespace rmt::bench {

struct Request {
  nlohmann::json fields;
  c10::Device device;

  template <class Value>
  Value get(const char* name, const Value& otherwise) const {
    return fields.value(name, otherwise);
  }
  model::BackboneConfig shape() const { return shape_by_name(get<std::string>("shape", "gpt2-124m")); }
  Wrapping wrapping() const {
    const bool bf16 = get<std::string>("precision", "bf16") == "bf16";
    return {.rmt = {.memory_tokens = get<int64_t>("memory_tokens", 10),
                    .segment_length = get<int64_t>("segment_length", 512)},
            .precision = bf16 ? model::Precision::bf16 : model::Precision::fp32};
  }
};

/// Seconds of each of `repeats` runs, after one that does not count. The device has done all of a run before its time
/// is taken.
inline std::vector<double> time_runs(const Request& request, const std::function<void()>& run) {
  std::vector<double> seconds;
  const auto queue = model::WorkQueue::current(request.device);
  for (int64_t i = -1; i < request.get<int64_t>("repeats", 3); ++i) {
    queue.finish();
    const auto started = std::chrono::steady_clock::now();
    run();
    queue.finish();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
    if (i >= 0) seconds.push_back(passed.count());
  }
  return seconds;
}

// Each measures what the request says and returns the answer.
nlohmann::json measure_ceilings(const Request& request);
nlohmann::json measure_reading(const Request& request);
nlohmann::json measure_decoding(const Request& request);
nlohmann::json measure_training(const Request& request);

}  // namespace rmt::bench
