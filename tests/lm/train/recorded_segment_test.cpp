// Learning by recorded steps, which on the CPU are simply done: the same numbers as the plain path, from tensors that
// stay where they are.
#include "lm/train/recorded_segment.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/randint.h>
#include <c10/core/GradMode.h>

#include <map>

#include "lm/train/bptt.h"
#include "lm/train/recorded_objective.h"
#include "lm/train/recorded_segments.h"
#include "model/rmt/segment_batch.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

constexpr int64_t kLength = 12, kMemory = 3, kSegments = 4;
constexpr double kScale = 1.0 / 64;

/// A small decoder whose every tensor is trained, by plain steps or by recorded ones.
struct Training {
  explicit Training(model::Architecture architecture, model::MemoryScale scale = model::MemoryScale::written)
      : backbone(model::load_backbone(small_config(architecture), DrawnWeights(5, 0.2))),
        memory(model::make_initial_memory(*backbone, kMemory, 1).requires_grad_()),
        decoder(backbone, {.memory_tokens = kMemory, .segment_length = kLength, .scale = scale}, memory),
        optimizer(parameters_of(*backbone, memory), {}),
        gradients(optimizer.parameters()) {}

  static std::vector<lm::Parameter> parameters_of(const model::Backbone& backbone, const at::Tensor& memory) {
    std::vector<lm::Parameter> all{{"memory", memory, 1.0, false}};
    for (const auto& [name, tensor] : backbone.leaves()) all.push_back({name, tensor.set_requires_grad(true)});
    return all;
  }

  lm::BatchLoss learn(const lm::Objective& objective, const lm::Bptt& bptt) {
    return lm::back_propagate(objective, bptt, at::detail::createCPUGenerator(9));
  }
  lm::BatchLoss learn_plain(const at::Tensor& rows, const at::Tensor& targets, const lm::Bptt& bptt) {
    return learn(lm::DecoderObjective(decoder, rows, targets, kLength, kScale), bptt);
  }
  lm::BatchLoss learn_recorded(lm::RecordedSegment& segment, const at::Tensor& rows, const at::Tensor& targets,
                               const lm::Bptt& bptt) {
    return learn(lm::RecordedObjective(segment, decoder, rows, targets, kScale), bptt);
  }

  std::shared_ptr<model::Backbone> backbone;
  at::Tensor memory;
  model::RmtDecoder decoder;
  lm::AdamW optimizer;
  lm::KeptGradients gradients;
};

struct Batch {
  at::Tensor rows, targets;
};

Batch random_batch(uint64_t seed, int64_t count, bool holes) {
  const auto generator = at::detail::createCPUGenerator(seed);
  Batch batch{at::randint(256, {count, kSegments * kLength + 1}, generator, at::kLong), {}};
  batch.targets = batch.rows.narrow(1, 1, kSegments * kLength).clone();
  if (holes) {
    batch.targets.masked_fill_(at::randint(3, batch.targets.sizes(), generator, at::kLong).eq(0), -1);
    batch.targets.narrow(1, kLength, kLength).fill_(-1);  // and a segment without any
  }
  return batch;
}

/// The largest difference of any gradient, relative to that gradient's largest entry.
double worst_difference(const Training& a, const Training& b) {
  double worst = 0;
  for (size_t i = 0; i < a.optimizer.parameters().size(); ++i) {
    const at::Tensor &one = a.optimizer.parameters()[i].tensor.grad(), &two = b.optimizer.parameters()[i].tensor.grad();
    if (one.defined() != two.defined()) return INFINITY;
    if (one.defined()) worst = std::max(worst, max_difference(one, two) / one.abs().max().item<double>());
  }
  return worst;
}

// Of all but the initial memory, to which the way leads outside of any recording.
std::vector<const void*> places_of_gradients(const Training& training) {
  std::vector<const void*> places;
  for (const auto& [name, tensor] : training.backbone->leaves()) places.push_back(tensor.grad().const_data_ptr());
  return places;
}

TEST_CASE("recorded steps learn what plain ones do, step after step, and their gradients stay in place") {
  for (const auto architecture : {model::Architecture::gpt2, model::Architecture::llama})
    for (const lm::Bptt& bptt : {lm::Bptt{}, {.truncation = 1}, {.truncation = 2, .memory_noise = 0.3}}) {
      CAPTURE(bptt.truncation);
      Training plain(architecture), recorded(architecture);
      lm::RecordedSegment segment(recorded.decoder, 2, recorded.gradients);
      std::vector<const void*> places;
      for (uint64_t step = 0; step < 3; ++step) {
        const Batch batch = random_batch(step, 2, /*holes=*/step == 1);
        for (Training* training : {&plain, &recorded}) training->optimizer.zero_gradients();
        const auto expected = plain.learn_plain(batch.rows, batch.targets, bptt);
        const auto loss = recorded.learn_recorded(segment, batch.rows, batch.targets, bptt);
        REQUIRE(loss.by_segment.size() == kSegments);
        for (size_t s = 0; s < kSegments; ++s)
          CHECK(loss.by_segment[s] == doctest::Approx(expected.by_segment[s]).epsilon(1e-6));
        CHECK(worst_difference(plain, recorded) < 1e-5);
        if (step > 0) CHECK(places_of_gradients(recorded) == places);
        places = places_of_gradients(recorded);
        for (Training* training : {&plain, &recorded}) training->optimizer.step(1e-3);
      }
    }
}

TEST_CASE("a memory that keeps its scale is learned from as on the plain path") {
  Training plain(model::Architecture::gpt2, model::MemoryScale::initial),
      recorded(model::Architecture::gpt2, model::MemoryScale::initial);
  lm::RecordedSegment segment(recorded.decoder, 2, recorded.gradients);
  const Batch batch = random_batch(4, 2, false);
  plain.learn_plain(batch.rows, batch.targets, {});
  recorded.learn_recorded(segment, batch.rows, batch.targets, {});
  CHECK(worst_difference(plain, recorded) < 1e-5);
}

TEST_CASE("parts of a batch add up, also when a recording is made between them") {
  Training plain(model::Architecture::gpt2), recorded(model::Architecture::gpt2);
  const Batch two = random_batch(1, 2, true), one = random_batch(2, 1, false);
  lm::RecordedSegments segments(recorded.decoder, recorded.optimizer.parameters(), [](const std::string&) {});
  for (const Batch* part : {&two, &one, &two}) {
    plain.learn_plain(part->rows, part->targets, {});
    lm::RecordedSegment* segment = segments.of(part->rows.size(0));
    REQUIRE(segment != nullptr);
    CHECK(segment == segments.of(part->rows.size(0)));
    recorded.learn_recorded(*segment, part->rows, part->targets, {});
  }
  CHECK(worst_difference(plain, recorded) < 1e-5);
}

TEST_CASE("to record changes no gradient, and makes none") {
  Training training(model::Architecture::llama);
  training.memory.mutable_grad() = at::ones_like(training.memory);
  const lm::RecordedSegment segment(training.decoder, 1, training.gradients);
  CHECK(max_difference(training.memory.grad(), at::ones_like(training.memory)) == 0);
  for (const auto& [name, tensor] : training.backbone->leaves()) CHECK(!tensor.grad().defined());
}

TEST_CASE("what is frozen gets no gradient from a recorded step either") {
  Training training(model::Architecture::gpt2);
  for (const auto& [name, tensor] : training.backbone->leaves()) tensor.set_requires_grad(false);
  lm::RecordedSegment segment(training.decoder, 2, training.gradients);
  const Batch batch = random_batch(7, 2, true);
  training.learn_recorded(segment, batch.rows, batch.targets, {});
  CHECK(training.memory.grad().abs().max().item<double>() > 0);
  for (const auto& [name, tensor] : training.backbone->leaves()) CHECK(!tensor.grad().defined());
}

TEST_CASE("a target outside the vocabulary is refused before the device meets it") {
  Training training(model::Architecture::gpt2);
  lm::RecordedSegment segment(training.decoder, 2, training.gradients);
  Batch batch = random_batch(8, 2, false);
  batch.targets[1][5] = training.backbone->config().vocab_size;
  CHECK_THROWS(training.learn_recorded(segment, batch.rows, batch.targets, {}));
}

}  // namespace
}  // namespace rmt::tests
