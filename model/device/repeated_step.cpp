#include "model/device/repeated_step.h"

#include <utility>

#include "model/device/recording.h"

namespace rmt::model {

namespace {

class PlainStep final : public RepeatedStep {
 public:
  explicit PlainStep(std::function<void()> work) : work_(std::move(work)) {}
  void run() override { work_(); }

 private:
  std::function<void()> work_;
};

}  // namespace

std::unique_ptr<RepeatedStep> repeated_step(const c10::Device& device, std::function<void()> work) {
  if (device.is_cpu()) return std::make_unique<PlainStep>(std::move(work));
  return record_step(device, std::move(work));
}

}  // namespace rmt::model
