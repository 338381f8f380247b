// A step as a CUDA graph.
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <utility>

#include "model/device/recording.h"

namespace rmt::model {

namespace {

constexpr int kWarmUps = 3;  // libraries choose their algorithms and take their workspace in the first runs

class RecordedStep final : public RepeatedStep {
 public:
  RecordedStep(const c10::Device& device, std::function<void()> work) : work_(std::move(work)) {
    const c10::cuda::OptionalCUDAGuard guard(device);
    const auto current = c10::cuda::getCurrentCUDAStream();
    current.synchronize();
    {
      // Not in the default stream, of which no graph can be made.
      const c10::cuda::CUDAStreamGuard aside(c10::cuda::getStreamFromPool());
      for (int i = 0; i < kWarmUps; ++i) work_();
      c10::cuda::getCurrentCUDAStream().synchronize();
      // The recording has memory of its own, and nothing can be given back while it is made.
      c10::cuda::CUDACachingAllocator::emptyCache();
      record();
      c10::cuda::getCurrentCUDAStream().synchronize();
    }
  }

  void run() override { graph_.replay(); }

 private:
  void record() {
    graph_.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    try {
      work_();
    } catch (...) {
      end_broken();
      throw;
    }
    graph_.capture_end();
  }

  // What was wrong is told by the first error; this one only leaves the stream usable.
  void end_broken() noexcept {
    try {
      graph_.capture_end();
    } catch (...) {
      cudaGetLastError();
    }
  }

  std::function<void()> work_;
  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<RepeatedStep> record_step(const c10::Device& device, std::function<void()> work) {
  return std::make_unique<RecordedStep>(device, std::move(work));
}

}  // namespace rmt::model
