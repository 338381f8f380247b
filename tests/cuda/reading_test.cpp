// Reading and decoding on a GPU: the CPU's numbers within a stated tolerance, the same bits every time, graphs that do
// what the plain steps do, memory that stays flat, and an end with words where there is not enough of it.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <numeric>

#include "bench/gpu/random_model.h"
#include "model/device/device_memory.h"
#include "model/rmt/lane_decoder.h"
#include "model/rmt/segment_pipeline.h"
#include "tests/cuda/gpu.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using bench::random_decoder;
using model::Precision;
using model::RmtDecoder;
using model::SegmentPipeline;

constexpr int64_t kLength = 96, kMemory = 6, kBatch = 2;
const char* const kShapes[] = {"gpt2-tiny", "llama-tiny"};

// What is promised of a GPU against fp32 on the CPU: of every token in fp32, of a segment's mean loss in bf16.
constexpr double kTokenTolerance = 1e-3, kSegmentTolerance = 2e-2;

RmtDecoder decoder_on(const at::Device& device, const char* shape, Precision precision) {
  return random_decoder(bench::shape_by_name(shape), device,
                        {.rmt = {.memory_tokens = kMemory, .segment_length = kLength}, .precision = precision});
}

at::Tensor draw_ids(int64_t segments) {
  return at::randint(257, {segments, kBatch, kLength}, at::detail::createCPUGenerator(9), at::kLong);
}

at::Tensor losses_of(const RmtDecoder& decoder, const at::Tensor& ids, int64_t depth = 4) {
  SegmentPipeline pipeline(decoder, {.batch = kBatch, .depth = depth});
  SegmentPipeline::Standing standing = pipeline.start();
  const at::Tensor nll = pipeline.read(ids, standing);
  return nll.narrow(1, 1, nll.size(1) - 1);
}

double largest(const at::Tensor& x) {
  return x.abs().max().item<double>();
}

TEST_SUITE("cuda") {
  TEST_CASE("losses on the GPU are the CPU's") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    const at::Tensor ids = draw_ids(10);
    for (const char* shape : kShapes) {
      CAPTURE(shape);
      const at::Tensor expected = losses_of(decoder_on(at::kCPU, shape, Precision::fp32), ids);
      CHECK(largest(losses_of(decoder_on(*gpu, shape, Precision::fp32), ids) - expected) < kTokenTolerance);
      const at::Tensor narrow = losses_of(decoder_on(*gpu, shape, Precision::bf16), ids);
      for (int64_t s = 0; s < 9; ++s) {
        const at::Tensor mine = narrow.narrow(1, s * kLength, kLength).mean(1);
        CHECK(largest(mine / expected.narrow(1, s * kLength, kLength).mean(1) - 1.0) < kSegmentTolerance);
      }
    }
  }

  TEST_CASE("the same bits every time") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    const RmtDecoder decoder = decoder_on(*gpu, "gpt2-tiny", Precision::bf16);
    const at::Tensor ids = draw_ids(9), first = losses_of(decoder, ids);
    for (int i = 0; i < 3; ++i) CHECK(losses_of(decoder, ids).equal(first));
  }

  TEST_CASE("a replayed step is the plain step") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    const c10::NoGradGuard no_grad;
    const RmtDecoder decoder = decoder_on(*gpu, "llama-tiny", Precision::bf16);
    const at::Tensor ids = draw_ids(6);
    model::SegmentChain chain(decoder, {.batch = kBatch, .slots = 6});
    chain.memory().copy_(decoder.start(kBatch).memory);
    chain.ids().copy_(ids);
    model::MemoryState state = decoder.start(kBatch);
    for (int64_t s = 0; s < 6; ++s) {
      chain.step();
      state = decoder.step({ids[s], std::vector<int64_t>(kBatch, kLength)}, state, model::Wanted::memory).state;
      const double error = ((chain.memory() - state.memory).norm() / state.memory.norm()).item<double>();
      CHECK(error < 1e-2);
    }
  }

  TEST_CASE("lanes on the GPU decode what they do on the CPU") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    for (const char* shape : kShapes) {
      const RmtDecoder mine = decoder_on(*gpu, shape, Precision::fp32),
                       reference = decoder_on(at::kCPU, shape, Precision::fp32);
      model::LaneDecoder lanes(mine, 5), expected(reference, 5);
      std::vector<int64_t> all(5), ids(5);
      std::iota(all.begin(), all.end(), int64_t{0});
      at::Tensor hidden;
      for (int64_t lane = 0; lane < 5; ++lane) {
        const at::Tensor begun = draw_ids(1)[0][0].narrow(0, 0, 3 * lane);
        lanes.open(mine.start(1).memory, begun, 0, hidden);
        expected.open(reference.start(1).memory, begun, 0, hidden);
      }
      for (int64_t step = 0; step < 40; ++step) {
        for (size_t i = 0; i < ids.size(); ++i) ids[i] = (step * 7 + static_cast<int64_t>(i) * 11) % 257;
        CHECK(largest(lanes.extend(all, ids) - expected.extend(all, ids)) < kTokenTolerance);
      }
    }
  }

  TEST_CASE("memory does not grow with the text") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    const RmtDecoder decoder = decoder_on(*gpu, "gpt2-tiny", Precision::bf16);
    SegmentPipeline pipeline(decoder, {.batch = kBatch, .depth = 4});
    std::vector<int64_t> peaks;
    for (const int64_t segments : {16, 16, 256}) {
      SegmentPipeline::Standing standing = pipeline.start();
      model::forget_peak(*gpu);
      pipeline.read(draw_ids(segments), standing);
      peaks.push_back(model::memory_of(*gpu).peak);
    }
    CHECK(peaks[2] <= peaks[1] + peaks[1] / 100);
  }

  TEST_CASE("too much is refused, and what is there goes on") {
    const auto gpu = gpu_for_tests();
    if (!gpu) return;
    const RmtDecoder decoder = decoder_on(*gpu, "gpt2-tiny", Precision::bf16);
    const at::Tensor before = losses_of(decoder, draw_ids(3));
    CHECK_THROWS_AS(model::LaneDecoder(decoder, int64_t{1} << 26), c10::OutOfMemoryError);
    CHECK(losses_of(decoder, draw_ids(3)).equal(before));
    CHECK(model::memory_of(*gpu).total > 0);
  }
}

}  // namespace
}  // namespace rmt::tests
