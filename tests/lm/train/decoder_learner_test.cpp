// A model in training, what is written of it, and the model that opens from that: the same numbers.
#include "lm/train/decoder_learner.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <filesystem>

#include "model/error.h"
#include "tests/lm/model_folder.h"
#include "tests/lm/train/small_training.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

namespace fs = std::filesystem;

/// The logits of two segments of fixed ids, the second read with the first one's memory. [2, 12, V]
at::Tensor logits(const model::RmtDecoder& decoder) {
  const c10::AutoGradMode off(false);
  const at::Tensor ids = at::randint(256, {2, 12}, at::detail::createCPUGenerator(8), at::kLong);
  const model::SegmentBatch first{ids.narrow(0, 0, 1), {12}}, second{ids.narrow(0, 1, 1), {12}};
  const auto one = decoder.step(first, decoder.start(1), model::Wanted::hidden);
  const auto two = decoder.step(second, one.state, model::Wanted::hidden);
  return at::linear(at::cat({one.hidden, two.hidden}), decoder.backbone().head().weight());
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const model::Error& error) {
    CHECK(error.code() == model::Errc::mismatch);
    return error.what();
  }
  return "no error";
}

bool same(const model::NamedTensors& a, const model::NamedTensors& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && same_bits(x.second.detach(), y.second.detach());
  });
}

/// Trains by `method` on top of what is at `path`, and opens the checkpoint. All but the memory's width is compared.
struct Trained {
  Trained(const SmallTraining& run, const std::string& path, lm::TrainedPart part)
      : opened(open_small(path)), learner(opened, part), before(logits(learner.decoder())) {
    steps = run.train(learner);
    reopened = lm::open_model({.model = run.newest()});
  }

  lm::LoadedModel opened;
  lm::DecoderLearner learner;
  at::Tensor before;
  std::vector<lm::StepReport> steps;
  lm::LoadedModel reopened;
};

TEST_CASE("an adapter changes nothing when new, and its checkpoint opens as the adapted model") {
  const SmallTraining run;
  Trained trained(run, run.model(), {.method = lm::Method::lora, .rank = 4, .alpha = 8, .seed = 2});
  const at::Tensor plain = logits(lm::make_decoder(trained.opened));
  CHECK(max_difference(trained.before, plain) == 0);

  const at::Tensor adapted = logits(trained.learner.decoder()), opened = logits(lm::make_decoder(trained.reopened));
  CHECK(max_difference(adapted, plain) > 1e-3);
  CHECK(max_difference(opened, adapted) < 1e-5 * plain.abs().max().item<double>());
  CHECK(trained.reopened.trained_memory);
  CHECK(trained.reopened.rmt.segment_length == 12);
  REQUIRE(trained.reopened.adapter);
  CHECK(trained.reopened.adapter->rank == 4);
  CHECK(trained.reopened.adapter->alpha == 8);
  CHECK(!fs::exists(run.newest() + "/rmt_weights.safetensors"));
  // Every layer of the blocks has one, and every one has moved.
  const auto parameters = trained.learner.parameters();
  CHECK(parameters.size() == 1 + 2 * trained.learner.decoder().backbone().config().layers * 4);
  for (const lm::Parameter& parameter : parameters)
    if (parameter.name.ends_with(".up")) CHECK(parameter.tensor.abs().max().item<double>() > 0);
}

TEST_CASE("a checkpoint of rows of one segment says that its memory was never carried, one that goes on from it too") {
  const SmallTraining run;
  const Trained alone(run, run.model(), {.method = lm::Method::memory, .carries = false});
  CHECK(!alone.reopened.trained_memory);
  const SmallTraining second;
  CHECK(Trained(second, run.newest(), {.method = lm::Method::memory, .carries = true}).reopened.trained_memory);
}

TEST_CASE("an adapter of another backbone, without a tensor or with a wrong shape is refused by name") {
  const auto backbone = [](int64_t layers) {
    model::BackboneConfig config = small_config(model::Architecture::llama);
    config.layers = layers;
    return model::load_backbone(config, DrawnWeights(1, 0.2));
  };
  const auto two = backbone(2), three = backbone(3);
  const lm::Adapter good = lm::new_adapter(*two, 2, 4, 0);
  lm::attach(*two, good, "here");
  CHECK(refusal([&] { lm::attach(*three, good, "here"); }).find("made for another backbone") != std::string::npos);

  lm::Adapter renamed = good;
  const std::string name = renamed.tensors[3].first;
  renamed.tensors[3].first = "other";
  CHECK(refusal([&] { lm::attach(*two, renamed, "here"); }).find("here: no tensor " + name) != std::string::npos);
  lm::Adapter shaped = good;
  shaped.tensors[3].second = at::zeros({5, 7});
  CHECK(refusal([&] { lm::attach(*two, shaped, "here"); }).find(name + " is [5, 7]") != std::string::npos);
}

TEST_CASE("trained in full, the checkpoint has every weight, bit for bit") {
  const SmallTraining run;
  Trained trained(run, run.model(), {.method = lm::Method::full});
  CHECK(fs::exists(run.newest() + "/rmt_weights.safetensors"));
  const auto& learnt = trained.learner.decoder().backbone();
  CHECK(same(trained.reopened.backbone->parameters(), learnt.parameters()));
  CHECK(same_bits(trained.reopened.initial_memory, trained.learner.decoder().initial_memory().detach()));
  CHECK(!same(trained.opened.backbone->parameters(), learnt.parameters()));
  CHECK(max_difference(logits(lm::make_decoder(trained.reopened)), logits(trained.learner.decoder())) < 1e-5);
}

TEST_CASE("trained in its memory alone, a model is what it was but for the memory") {
  const SmallTraining run;
  Trained trained(run, run.model(), {.method = lm::Method::memory});
  CHECK(trained.learner.parameters().size() == 1);
  const at::Tensor memory = trained.learner.decoder().initial_memory().detach();
  CHECK(max_difference(memory, trained.opened.initial_memory) > 1e-4);
  CHECK(same_bits(trained.reopened.initial_memory, memory));
  CHECK(same(trained.reopened.backbone->parameters(), trained.opened.backbone->parameters()));
  CHECK(same(trained.learner.decoder().backbone().parameters(), trained.opened.backbone->parameters()));
  CHECK(trained.reopened.base->sha256 == trained.opened.sha256);
  CHECK(!trained.reopened.adapter);
}

TEST_CASE("training goes on from a checkpoint, and what was trained before stays part of the model") {
  const SmallTraining first;
  for (const lm::Method earlier : {lm::Method::lora, lm::Method::full})
    for (const lm::Method later : {lm::Method::memory, lm::Method::lora, lm::Method::full}) {
      CAPTURE(static_cast<int>(earlier));
      CAPTURE(static_cast<int>(later));
      SmallTraining run;
      fs::remove_all(first.settings.folder);
      fs::create_directory(first.settings.folder);
      const Trained before(first, first.model(), {.method = earlier, .rank = 4, .alpha = 8});
      Trained after(run, first.newest(), {.method = later, .rank = 4, .alpha = 8});
      const double size = after.before.abs().max().item<double>();
      CHECK(max_difference(after.before, logits(before.learner.decoder())) < 1e-5 * size);
      CHECK(max_difference(logits(lm::make_decoder(after.reopened)), logits(after.learner.decoder())) < 1e-5 * size);
      CHECK(after.reopened.base->model == first.model());
    }
}

TEST_CASE("a base that is not the one it was trained on is refused") {
  const SmallTraining run;
  const Trained trained(run, run.model(), {.method = lm::Method::memory});
  write_small_model(run.model(), 8);
  const std::string message = refusal([&] { lm::open_model({.model = run.newest()}); });
  CHECK(message.find("made for a base with sha256 " + trained.opened.sha256) != std::string::npos);
}

TEST_CASE("without memory tokens an adapter is trained on segments alone") {
  SmallTraining run;
  run.settings.stages[0].segments = 1;
  const lm::LoadedModel opened = open_small(run.model(), 0);
  lm::DecoderLearner learner(opened, {.method = lm::Method::lora, .rank = 2, .alpha = 4});
  CHECK(run.train(learner).size() == 3);
  const lm::LoadedModel reopened = lm::open_model({.model = run.newest()});
  CHECK(reopened.rmt.memory_tokens == 0);
  CHECK(max_difference(logits(lm::make_decoder(reopened)), logits(learner.decoder())) < 1e-4);
}

TEST_CASE("a batch worked through in parts is the same step") {
  std::vector<double> losses;
  std::vector<at::Tensor> memories;
  for (const int64_t parts : {1, 2, 4}) {
    SmallTraining run;
    run.settings.stages[0].accumulate = parts;
    run.settings.adamw.epsilon = 1e-3;  // or the noise of a gradient near 0 decides a whole step
    const lm::LoadedModel opened = open_small(run.model());
    lm::DecoderLearner learner(opened, {.method = lm::Method::full});
    const auto steps = run.train(learner);
    REQUIRE(steps.size() == 3);
    CHECK(steps[2].by_segment.size() == 2);
    CHECK((steps[2].by_segment[0] + steps[2].by_segment[1]) / 2 == doctest::Approx(steps[2].loss));
    if (parts == 1) {
      for (const auto& step : steps) losses.push_back(step.loss);
      for (const auto& parameter : learner.parameters()) memories.push_back(parameter.tensor.detach());
      CHECK(losses[2] != losses[0]);
      continue;
    }
    CAPTURE(parts);
    for (size_t i = 0; i < 3; ++i) CHECK(std::abs(steps[i].loss - losses[i]) < 1e-6 * losses[i]);
    for (size_t i = 0; i < memories.size(); ++i)
      CHECK(max_difference(learner.parameters()[i].tensor.detach(), memories[i]) < 1e-6);
  }
}

TEST_CASE("a run of recorded steps goes as a plain one does, through stages, uneven shares and mixed lengths") {
  SmallTraining plain, recorded;
  for (SmallTraining* run : {&plain, &recorded}) {
    lm::Stage uneven = small_stage(3), mixed = small_stage(3);
    uneven.segments = 4;
    uneven.accumulate = 3;  // of 4 rows: 1, 1 and 2
    mixed.segments = 4;
    mixed.mixed = true;
    run->settings.stages = {small_stage(2), uneven, mixed};
    run->settings.memory_noise = 0.1;
  }
  recorded.recorded = true;
  const auto train = [](const SmallTraining& run) {
    return Trained(run, run.model(), {.method = lm::Method::full}).steps;
  };
  const auto expected = train(plain), steps = train(recorded);
  REQUIRE(steps.size() == 8);
  for (size_t i = 0; i < steps.size(); ++i) {
    CHECK(steps[i].loss == doctest::Approx(expected[i].loss).epsilon(1e-5));
    CHECK(steps[i].gradient_norm == doctest::Approx(expected[i].gradient_norm).epsilon(1e-4));
  }
}

}  // namespace
}  // namespace rmt::tests
