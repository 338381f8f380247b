// The model as the engine drives it: the same numbers as the offline scorer, however the text comes.
#include "lm/streams/recurrent_model.h"

#include <ATen/ops/tensor.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "lm/attention/capture.h"
#include "lm/eval/segment_scorer.h"
#include "tests/lm/byte_models.h"
#include "tests/lm/streams/drawn_model.h"
#include "tests/support/doctest.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using engine::Reading;
using engine::SegmentWork;
using lm::RecurrentModel;
using model::Architecture;
using model::Precision;

std::vector<double> offline_nll(const lm::LoadedModel& model, const std::vector<int32_t>& ids,
                                lm::MemoryPolicy memory = lm::MemoryPolicy::carry) {
  const model::RmtDecoder decoder = lm::make_decoder(model);
  const lm::SegmentScorer scorer(decoder, memory);
  lm::ScoreState state = scorer.start();
  std::vector<double> all;
  for (size_t at = 0; at < ids.size(); at += kLength) {
    corpora::Segment segment;
    segment.ids.assign(ids.begin() + static_cast<std::ptrdiff_t>(at),
                       ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kLength)));
    const corpora::Segment* segments[] = {&segment};
    lm::ScoreState* states[] = {&state};
    const auto scores = scorer.step(segments, states);
    all.insert(all.end(), scores[0].token_nll.begin(), scores[0].token_nll.end());
  }
  return all;
}

TEST_CASE("scores equal the offline scorer's, for every precision") {
  const auto ids = ids_of(random_text(3 * kLength + 7, 1));
  for (const Architecture architecture : {Architecture::gpt2, Architecture::llama})
    for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8, Precision::int8x2}) {
      CAPTURE(std::string(model::name(precision)));
      const lm::LoadedModel loaded_model = loaded(architecture, precision);
      RecurrentModel model(loaded_model);
      const auto scores = read(model, model.start(), ids).scores;
      const auto expected = offline_nll(loaded_model, ids);
      REQUIRE(scores.size() == expected.size());
      for (size_t i = 0; i < scores.size(); ++i) CHECK(scores[i].logprob == static_cast<float>(-expected[i]));
    }
}

TEST_CASE("with the memory reset, scores equal the offline scorer's with --memory reset") {
  const lm::LoadedModel carried = loaded(Architecture::llama);
  RecurrentModel model(carried, lm::ServedMemory::reset);
  const auto ids = ids_of(random_text(3 * kLength + 7, 1));
  const Read whole = read(model, model.start(), ids);
  const auto expected = offline_nll(carried, ids, lm::MemoryPolicy::reset);
  REQUIRE(whole.scores.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) CHECK(whole.scores[i].logprob == static_cast<float>(-expected[i]));
  CHECK(whole.reading.memory == model.start().memory);
  CHECK(model.info().reading.fingerprint != RecurrentModel(carried).info().reading.fingerprint);
}

TEST_CASE("any split of a text gives the same reading and scores") {
  RecurrentModel model(loaded(Architecture::llama));
  const auto ids = ids_of(random_text(3 * kLength + 5, 2));
  const Read whole = read(model, model.start(), ids);
  for (const size_t piece : {1, 5, 24, 31}) {
    Reading reading = model.start();
    std::vector<engine::TokenScore> scores;
    for (size_t at = 0; at < ids.size(); at += piece) {
      const std::vector<int32_t> part(ids.begin() + static_cast<std::ptrdiff_t>(at),
                                      ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + piece)));
      Read next = read(model, reading, part);
      reading = next.reading;
      scores.insert(scores.end(), next.scores.begin(), next.scores.end());
    }
    CHECK(same(reading, whole.reading));
    REQUIRE(scores.size() == whole.scores.size());
    for (size_t i = 0; i < scores.size(); ++i) CHECK(scores[i].logprob == whole.scores[i].logprob);
  }
}

TEST_CASE("without scores the reading is the same, and of a part only what follows it") {
  RecurrentModel model(loaded(Architecture::gpt2));
  const auto ids = ids_of(random_text(kLength, 3));
  const Reading start = model.start();
  SegmentWork scored, plain, reset;
  for (SegmentWork* work : {&scored, &plain, &reset}) {
    work->from = &start;
    work->ids = ids;
  }
  scored.score_from = 0;
  reset.reset_memory = true;
  SegmentWork* rows[] = {&scored, &plain, &reset};
  model.read(rows);
  CHECK(plain.memory == scored.memory);
  CHECK(plain.last_hidden == scored.last_hidden);
  CHECK(reset.memory == scored.memory);  // nothing was read before
  CHECK(plain.scores.empty());
  CHECK(scored.scores.size() == kLength - 1);

  Reading after = start;
  after.memory = plain.memory;
  after.last_hidden = plain.last_hidden;
  after.segments = 1;
  after.tokens = kLength;
  SegmentWork carried, forgotten;
  for (SegmentWork* work : {&carried, &forgotten}) {
    work->from = &after;
    work->ids = ids;
    work->score_from = 5;
  }
  forgotten.reset_memory = true;
  SegmentWork* second[] = {&carried, &forgotten};
  model.read(second);
  CHECK(carried.scores.size() == kLength - 5);
  CHECK(forgotten.memory == scored.memory);
  CHECK(carried.memory != scored.memory);
}

TEST_CASE("the likeliest tokens are those of the whole distribution, best first") {
  RecurrentModel model(loaded(Architecture::llama));
  const auto ids = ids_of(random_text(kLength, 4));
  const auto scores = read(model, model.start(), ids, 256).scores;
  const auto few = read(model, model.start(), ids, 5).scores;
  for (size_t i = 0; i < scores.size(); ++i) {
    REQUIRE(scores[i].top.size() == 256);
    REQUIRE(few[i].top.size() == 5);
    double total = 0;
    for (size_t k = 0; k < 256; ++k) {
      total += std::exp(scores[i].top[k].logprob);
      if (k > 0) CHECK(scores[i].top[k].logprob <= scores[i].top[k - 1].logprob);
      if (k < 5) CHECK(few[i].top[k].id == scores[i].top[k].id);
      if (scores[i].top[k].id == ids[i + 1]) CHECK(scores[i].top[k].logprob == doctest::Approx(scores[i].logprob));
    }
    CHECK(total == doctest::Approx(1));
  }
}

TEST_CASE("a step that is no step is refused") {
  RecurrentModel model(loaded(Architecture::gpt2));
  const Reading start = model.start();
  const auto ids = ids_of(random_text(kLength + 1, 11));
  const auto refused = [&](std::span<const int32_t> part, bool write, const Reading* from) {
    SegmentWork work;
    work.from = from;
    work.ids = part;
    work.write = write;
    SegmentWork* rows[] = {&work};
    CHECK_THROWS_AS(model.read(rows), std::invalid_argument);
  };
  refused(ids, true, &start);
  refused(std::span(ids).first(kLength - 1), true, &start);
  refused({}, false, &start);
  Reading tailed = start;
  tailed.tail = {1};
  refused(std::span(ids).first(4), false, &tailed);
}

TEST_CASE("what is told of a model") {
  const lm::LoadedModel model = loaded(Architecture::llama, Precision::bf16);
  const auto info = lm::describe(model);
  CHECK(info.dtype == "bf16");
  CHECK(info.reading.segment_length == kLength);
  CHECK(info.reading.vocabulary == 256);
  // Embedding and head, norms, q k v o, gate up down, memory.
  CHECK(info.parameters == 2 * 256 * 64 + 5 * 64 + 2 * (64 * (64 + 2 * 32) + 64 * 64 + 3 * 64 * 96) + kMemory * 64);
  CHECK(info.weight_bytes >= 2 * (256 * 64 + 2 * (64 * 128 + 64 * 64 + 3 * 64 * 96)));
}

TEST_CASE("a look at the memory changes no bit and shows what the offline maps show") {
  const lm::LoadedModel model = loaded(Architecture::llama);
  RecurrentModel streams(model);
  const std::string text = random_text(3 * kLength, 5);
  const auto reader = text_reader({{"a", text, ""}});
  lm::DocumentStream document(std::move(reader->next()->text), *model.tokenizer, {.segment_length = kLength});
  const lm::AttentionCapture maps = lm::capture_attention(lm::make_decoder(model), document, {1});
  const at::Tensor read = maps.segments[0].read, write = maps.segments[0].write;

  Reading reading = streams.start(), plain = streams.start();
  const std::vector<int32_t> ids = ids_of(text);
  for (const std::optional<int64_t> layer : {std::optional<int64_t>(), std::optional<int64_t>(1)}) {
    reading = plain = streams.start();
    for (int64_t segment = 0; segment < 2; ++segment) {
      SegmentWork look;
      look.from = &reading;
      look.ids = std::span(ids).subspan(static_cast<size_t>(segment * kLength), kLength);
      look.look = segment == 1;
      look.look_layer = layer;
      SegmentWork blind = look;
      blind.from = &plain;
      blind.look = false;
      SegmentWork* rows[] = {&look, &blind};
      streams.read(rows);
      CHECK(look.memory == blind.memory);
      CHECK(look.write_map.empty() == (segment == 0));
      reading.memory = look.memory, reading.last_hidden = look.last_hidden, reading.segments += 1;
      plain = reading;
      if (segment == 0) continue;
      const auto mean = [&](const at::Tensor& map) {
        return (layer ? map.select(0, *layer) : map.mean({0})).mean({0});
      };
      const at::Tensor seen_read = at::tensor(look.read_map).view({kLength, kMemory});
      const at::Tensor seen_write = at::tensor(look.write_map).view({kMemory, kLength});
      CHECK(max_difference(seen_read, mean(read)) < 1e-6);
      CHECK(max_difference(seen_write, mean(write).narrow(1, kMemory, kLength)) < 1e-6);
    }
  }
}

}  // namespace
}  // namespace rmt::tests
