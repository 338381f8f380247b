// A generator that runs nothing: it knows a model's shape, and how to save and restore readings of it.
#pragma once

#include <cstring>
#include <stdexcept>
#include <string>

#include "lm/engine/generator.h"

namespace rmt::tests {

class FakeGenerator final : public engine::Generator {
 public:
  explicit FakeGenerator(const std::string& fingerprint) { info_.reading.fingerprint = fingerprint; }

  const engine::GeneratorInfo& info() const override { return info_; }
  engine::GeneratorLoad load() const override { return {}; }
  engine::JobId submit(engine::Job, std::shared_ptr<engine::JobListener>) override { return 0; }
  bool feed(engine::JobId, std::vector<int32_t>, bool) override { return false; }
  void cancel(engine::JobId) override {}

  std::string save(const engine::Reading& reading) const override {
    std::string bytes = info_.reading.fingerprint + "\n" + std::to_string(reading.segments) + " " +
                        std::to_string(reading.tokens) + "\n";
    bytes.append(reinterpret_cast<const char*>(reading.memory.data()), reading.memory.size() * sizeof(float));
    return bytes;
  }

  engine::Reading restore(const std::string& bytes) const override {
    const size_t first = bytes.find('\n'), second = bytes.find('\n', first + 1);
    if (second == std::string::npos || bytes.substr(0, first) != info_.reading.fingerprint)
      throw std::invalid_argument("another model's");
    engine::Reading reading;
    size_t read = 0;
    const std::string numbers = bytes.substr(first + 1, second - first - 1);
    reading.segments = std::stoll(numbers, &read);
    reading.tokens = std::stoll(numbers.substr(read));
    reading.memory.resize((bytes.size() - second - 1) / sizeof(float));
    std::memcpy(reading.memory.data(), bytes.data() + second + 1, reading.memory.size() * sizeof(float));
    return reading;
  }

 private:
  engine::GeneratorInfo info_;
};

}  // namespace rmt::tests
