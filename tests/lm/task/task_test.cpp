// Task models: what is trained is what is saved and evaluated, for encoders and decoders.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "corpora/tasks/task_text.h"
#include "corpora/tokenizers/sentencepiece_trainer.h"
#include "lm/attention/row_weights.h"
#include "lm/convert.h"
#include "lm/new_model.h"
#include "lm/task/answer_objective.h"
#include "lm/task/fact_attention.h"
#include "lm/task/task_batches.h"
#include "lm/task/task_evaluation.h"
#include "lm/task/task_learner.h"
#include "lm/train/bptt.h"
#include "lm/train/trainer.h"
#include "model/error.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

constexpr int64_t kLength = 24, kMemory = 4;

const std::string& vocabulary() {
  static const std::string model = corpora::train_sentencepiece(*corpora::task_text(1, 200000), {.vocab_size = 1200});
  return model;
}

/// A new model in a folder of its own, opened.
struct Start {
  explicit Start(model::Architecture architecture) {
    model::BackboneConfig config;
    config.architecture = architecture;
    config.width = 32;
    config.layers = 2;
    config.heads = config.kv_heads = 2;
    config.head_size = 16;
    config.ffn_width = 64;
    config.max_positions = 64;
    if (architecture == model::Architecture::bert) config.type_vocab_size = 2;
    lm::write_new_model(folder / "new", config, vocabulary(), 3);
    lm::OpenOptions options;
    options.model = folder / "new";
    options.memory_tokens = kMemory;
    options.segment_length = kLength;
    opened = lm::open_model(options);
  }

  TemporaryFolder folder;
  lm::LoadedModel opened;
};

constexpr model::Architecture kAll[] = {model::Architecture::bert, model::Architecture::gpt2,
                                        model::Architecture::llama};

lm::TaskLearner learner(const Start& start) {
  return {start.opened,
          {.method = lm::Method::full},
          {.kind = corpora::TaskKind::detect, .trained_segments = 3},
          lm::new_task_head(6, 32, 5)};
}

TEST_CASE("the loss is the answer's cross-entropy after the last segment, and every parameter hears of it") {
  for (const auto architecture : kAll) {
    const Start start(architecture);
    const lm::TaskLearner learned = learner(start);
    const auto background = corpora::generated_background(*start.opened.tokenizer);
    const corpora::TaskGenerator generator(
        {.kind = corpora::TaskKind::detect, .segments = 3, .segment_length = kLength}, *start.opened.tokenizer,
        *background);
    const lm::TaskBatch batch = lm::make_batch(generator, 0, 4);
    const lm::AnswerObjective objective(learned.model(), batch.ids, batch.answers, 3, 0.25);
    const lm::BatchLoss loss = lm::back_propagate(objective, {}, at::detail::createCPUGenerator(0));
    at::Tensor gradient;
    for (const lm::Parameter& p : learned.parameters())
      if (p.name == "memory") gradient = p.tensor.grad().clone();
    CHECK(gradient.abs().max().item<double>() > 0);
    for (const lm::Parameter& p : learned.parameters()) p.tensor.mutable_grad() = at::Tensor();

    const c10::AutoGradMode on(true);
    model::MemoryState state = learned.model().start(4);
    lm::TaskRead read;
    const auto segments = lm::cut_segments(batch.ids, 3);
    for (size_t s = 0; s < 3; ++s) {
      read = learned.model().read(segments[s], state, s == 2);
      state = read.next;
    }
    const at::Tensor exact = at::cross_entropy_loss(learned.model().answer(read.row), batch.answers);
    torch::autograd::backward({exact}, {});
    CHECK(loss.sum() / 4 == doctest::Approx(exact.item<double>()).epsilon(1e-5));
    for (const lm::Parameter& p : learned.parameters())
      if (p.name == "memory")
        CHECK(max_difference(gradient, p.tensor.grad()) < 1e-5 * gradient.abs().max().item<double>());
  }
}

TEST_CASE("what was saved answers as what was trained") {
  for (const auto architecture : {model::Architecture::bert, model::Architecture::llama}) {
    const Start start(architecture);
    const lm::TaskLearner learned = learner(start);
    const std::string saved = start.folder / "saved";
    std::filesystem::create_directories(saved);
    for (const lm::Parameter& p : learned.parameters()) {  // anything but the values it started with
      const c10::AutoGradMode off(false);
      p.tensor.mul_(1.1);
    }
    learned.save(saved);

    lm::TaskHead head;
    CHECK(lm::is_task(saved));
    const lm::TaskDescription task = lm::read_task(saved, head);
    CHECK((task.kind == corpora::TaskKind::detect));
    CHECK(task.trained_segments == 3);
    lm::OpenOptions options;
    options.model = saved;
    const lm::LoadedModel opened = lm::open_model(options);
    const lm::TaskModel again(opened, opened.backbone, opened.initial_memory, head);
    const auto background = corpora::generated_background(*start.opened.tokenizer);
    const corpora::TaskGenerator generator(
        {.kind = corpora::TaskKind::detect, .segments = 2, .segment_length = kLength}, *opened.tokenizer, *background);
    const auto everything = [](double) { return true; };
    const lm::TaskScore a = evaluate_task(learned.model(), generator, 30, 7, everything),
                        b = evaluate_task(again, generator, 30, 30, everything);
    CHECK(a.samples == 30);
    CHECK(a.correct == b.correct);
    CHECK(b.tokens == 2 * kLength);
  }
}

TEST_CASE("a converted model answers as the one it was made of, without the folder it started from") {
  const Start start(model::Architecture::bert);
  const lm::TaskLearner learned = learner(start);
  const std::string saved = start.folder / "saved", alone = start.folder / "alone", narrow = start.folder / "narrow";
  std::filesystem::create_directories(saved);
  learned.save(saved);
  lm::convert({.model = saved, .models_folder = "", .output = alone, .standalone = true});
  lm::convert({.model = saved, .models_folder = "", .output = narrow, .dtype = at::kBFloat16});
  const auto parameters = [](const std::string& folder) {
    lm::OpenOptions options;
    options.model = folder;
    const lm::LoadedModel opened = lm::open_model(options);
    return std::make_pair(opened.initial_memory, opened.backbone->parameters());
  };
  const auto [memory, weights] = parameters(saved);
  const auto [narrow_memory, narrow_weights] = parameters(narrow);
  CHECK(same_bits(narrow_memory, memory.to(at::kBFloat16).to(at::kFloat)));
  std::filesystem::remove_all(start.folder / "new");  // the base
  const auto [own_memory, own_weights] = parameters(alone);
  CHECK(same_bits(own_memory, memory));
  REQUIRE(own_weights.size() == weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    CHECK(own_weights[i].first == weights[i].first);
    CHECK(same_bits(own_weights[i].second, weights[i].second));
    CHECK(same_bits(narrow_weights[i].second, weights[i].second.to(at::kBFloat16).to(at::kFloat)));
  }
  lm::TaskHead head;
  CHECK((lm::read_task(alone, head).kind == corpora::TaskKind::detect));
  CHECK_THROWS_AS(parameters(saved), model::Error);
}

/// The mean, over the segments with a fact, of what the rows of the next memory give to the fact's tokens in the first
/// layer's first head, and how many segments there were. Rows are those that the wrappers' headers tell of.
std::pair<double, int64_t> first_head_by_hand(const Start& start, const corpora::TaskGenerator& generator,
                                              const lm::TaskModel& model, int64_t samples) {
  const bool encoder = !start.opened.backbone->config().is_decoder();
  const int64_t text = encoder ? kMemory + 2 : kMemory, write = encoder ? 1 : kMemory + kLength;
  double sum = 0;
  int64_t with_fact = 0;
  for (int64_t i = 0; i < samples; ++i) {
    const corpora::TaskSample sample = generator.sample(corpora::kFirstEvaluationIndex + i);
    const lm::TaskBatch batch = lm::make_batch(generator, corpora::kFirstEvaluationIndex + i, 1);
    const auto parts = lm::cut_segments(batch.ids, generator.options().segments);
    model::MemoryState state = model.start(1);
    for (size_t s = 0; s < parts.size(); ++s) {
      at::Tensor map;  // [M, S]
      const model::AttentionObserver observer = [&](const model::LayerAttention& layer) {
        if (layer.layer == 0) map = lm::row_weights(layer, write, kMemory)[0];
      };
      state = model.read(parts[s], state, false, &observer).next;
      double share = 0;
      for (const auto& fact : sample.facts)
        for (int64_t t = fact.from; t < fact.to; ++t)
          if (t / kLength == static_cast<int64_t>(s)) share += map.select(1, text + t % kLength).mean().item<double>();
      sum += share;
      with_fact += share > 0;
    }
  }
  return {sum / static_cast<double>(with_fact), with_fact};
}

TEST_CASE("attention on facts is what the rows of the next memory give to the facts' tokens") {
  const c10::AutoGradMode off(false);
  for (const auto architecture : kAll) {
    const Start start(architecture);
    const lm::TaskModel model(start.opened, start.opened.backbone, start.opened.initial_memory,
                              lm::new_task_head(6, 32, 5));
    const auto background = corpora::generated_background(*start.opened.tokenizer);
    const corpora::TaskGenerator generator(
        {.kind = corpora::TaskKind::reasoning, .segments = 3, .segment_length = kLength}, *start.opened.tokenizer,
        *background);
    const lm::FactAttention seen = fact_attention(model, generator, 12, [] { return true; });
    const auto [share, segments] = first_head_by_hand(start, generator, model, 12);
    CHECK(seen.samples == 12);
    CHECK(seen.segments == segments);
    CHECK(segments > 12);  // two facts each, and some across a border
    REQUIRE((seen.shares.sizes() == at::IntArrayRef{2, 2}));
    CHECK(seen.shares[0][0].item<double>() == doctest::Approx(share).epsilon(1e-5));
    CHECK(seen.even_share > 0.02);
    CHECK(seen.even_share < 0.9);
    CHECK(seen.shares.max().item<double>() < 1);
  }
}

TEST_CASE("keys that are all alike are looked at alike: the share of a fact is that of its tokens") {
  const c10::AutoGradMode off(false);
  const Start start(model::Architecture::bert);
  for (const auto& [name, tensor] : start.opened.backbone->parameters())
    if (name.find("attention.self.key") != std::string::npos) tensor.zero_();
  const lm::TaskModel model(start.opened, start.opened.backbone, start.opened.initial_memory,
                            lm::new_task_head(6, 32, 5));
  const auto background = corpora::generated_background(*start.opened.tokenizer);
  const corpora::TaskGenerator generator({.kind = corpora::TaskKind::detect, .segments = 4, .segment_length = kLength},
                                         *start.opened.tokenizer, *background);
  const lm::FactAttention seen = fact_attention(model, generator, 5, [] { return true; });
  CHECK((seen.shares - seen.even_share).abs().max().item<double>() < 1e-6);
  int asked = 0;
  CHECK(fact_attention(model, generator, 5, [&] { return ++asked <= 2; }).samples == 2);
}

TEST_CASE("scores of several seeds add up; one of nothing adds nothing") {
  const lm::TaskScore a{4, 96, 30, 12, 1.5}, b{4, 96, 10, 9, 0.5};
  const lm::TaskScore all = lm::pooled(lm::pooled(lm::TaskScore{}, a), b);
  CHECK(all.segments == 4);
  CHECK(all.tokens == 96);
  CHECK(all.samples == 40);
  CHECK(all.correct == 21);
  CHECK(all.seconds == 2);
}

TEST_CASE("an evaluation that is stopped counts only whole answers") {
  const Start start(model::Architecture::bert);
  const lm::TaskLearner learned = learner(start);
  const auto background = corpora::generated_background(*start.opened.tokenizer);
  const corpora::TaskGenerator generator({.kind = corpora::TaskKind::detect, .segments = 4, .segment_length = kLength},
                                         *start.opened.tokenizer, *background);
  int steps = 0;
  const lm::TaskScore score = evaluate_task(learned.model(), generator, 20, 5, [&](double) { return ++steps < 7; });
  CHECK(score.samples == 5);
}

TEST_CASE("a folder without a task, and a damaged one, are refused") {
  const TemporaryFolder folder;
  lm::TaskHead head;
  CHECK_THROWS_WITH_AS(lm::read_task(folder.path().string(), head), doctest::Contains("no model of a memory task"),
                       model::Error);
  write_file(folder / "task.json", "{\"format\": 1, \"task\": \"forget\"}");
  CHECK_THROWS_WITH_AS(lm::read_task(folder.path().string(), head), doctest::Contains("\"task\" must be"),
                       model::Error);
}

/// Keeps the newest report.
struct Latest final : lm::TrainListener {
  void on_step(const lm::StepReport& step) override { last = step; }
  lm::StepReport last;
};

TEST_SUITE("slow") {
  TEST_CASE("a new encoder learns to remember over two segments") {
    const Start start(model::Architecture::bert);
    lm::TaskLearner learned = learner(start);
    const auto background = corpora::generated_background(*start.opened.tokenizer);
    lm::TrainSettings settings;
    settings.folder = start.folder / "run";
    std::filesystem::create_directories(settings.folder);
    settings.checkpoint_every = 10000;
    settings.clip_norm = 1.0;
    const auto stage = [](int64_t segments, int64_t steps) {
      return lm::Stage{.segments = segments,
                       .batch = 64,
                       .schedule = {.decay = lm::Decay::constant, .peak = 3e-3, .steps = steps, .warmup = 20}};
    };
    settings.stages = {stage(1, 200), stage(2, 200)};
    lm::TaskBatches batches(learned.model(), {.kind = corpora::TaskKind::detect}, *start.opened.tokenizer, *background,
                            settings.stages);
    Latest latest;
    const auto processes = lm::single_process();
    train(learned, batches, settings, *processes, false, latest, [] { return false; });
    const corpora::TaskGenerator generator(
        {.kind = corpora::TaskKind::detect, .segments = 2, .segment_length = kLength}, *start.opened.tokenizer,
        *background);
    const lm::TaskScore score = evaluate_task(learned.model(), generator, 200, 50, [](double) { return true; });
    CHECK(score.correct > 160);  // chance is 33
  }
}

}  // namespace
}  // namespace rmt::tests
