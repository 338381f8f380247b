// The model as the engine drives it: the same numbers as the offline scorer, however the text comes.
#include "lm/streams/recurrent_model.h"

#include <ATen/ops/logsumexp.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "lm/attention/capture.h"
#include "lm/eval/segment_scorer.h"
#include "model/error.h"
#include "model/rmt/memory_state.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"
#include "tests/support/tensors.h"

namespace rmt::tests {
namespace {

using engine::DecodeWork;
using engine::Lane;
using engine::Reading;
using engine::SegmentWork;
using lm::RecurrentModel;
using model::Architecture;
using model::Precision;

constexpr int64_t kLength = 24, kMemory = 3;

lm::LoadedModel loaded(Architecture architecture, Precision precision = Precision::fp32, uint64_t seed = 11) {
  const bool llama = architecture == Architecture::llama;
  const model::BackboneConfig config{.architecture = architecture,
                                     .vocab_size = 256,
                                     .width = 64,
                                     .layers = 2,
                                     .heads = 4,
                                     .kv_heads = llama ? 2 : 4,
                                     .head_size = 16,
                                     .ffn_width = 96,
                                     .max_positions = 64,
                                     .tied_head = !llama};
  std::shared_ptr<model::Backbone> backbone = model::load_backbone(config, DrawnWeights(seed, 0.2));
  lm::LoadedModel model;
  model.name = "drawn";
  model.tokenizer = byte_tokenizer();
  model.rmt = {.memory_tokens = kMemory, .segment_length = kLength};
  model.initial_memory = model::make_initial_memory(*backbone, kMemory, 2);
  model.state_fingerprint = "fingerprint " + std::to_string(seed);
  backbone->pack(precision);
  model.backbone = backbone;
  return model;
}

std::vector<int32_t> ids_of(const std::string& text) {
  return {text.begin(), text.end()};
}

struct Read {
  Reading reading;
  std::vector<engine::TokenScore> scores;
};

// Whole segments of `ids` are read, the rest becomes the tail; tokens are scored on the way.
Read read(RecurrentModel& model, Reading reading, std::vector<int32_t> ids, int top = 0) {
  Read result;
  ids.insert(ids.begin(), reading.tail.begin(), reading.tail.end());
  const auto seen = static_cast<int64_t>(reading.tail.size());
  reading.tail.clear();
  size_t at = 0;
  for (; at + kLength <= ids.size(); at += kLength) {
    SegmentWork work;
    work.from = &reading;
    work.ids = std::span(ids).subspan(at, kLength);
    work.score_from = at == 0 ? seen : 0;
    work.top = top;
    SegmentWork* rows[] = {&work};
    model.read(rows);
    reading.memory = work.memory;
    reading.last_hidden = work.last_hidden;
    reading.segments += 1;
    result.scores.insert(result.scores.end(), work.scores.begin(), work.scores.end());
  }
  if (at < ids.size()) {
    SegmentWork work;
    work.from = &reading;
    work.ids = std::span(ids).subspan(at);
    work.write = false;
    work.score_from = at == 0 ? seen : 0;
    work.top = top;
    SegmentWork* rows[] = {&work};
    model.read(rows);
    CHECK(work.memory.empty());
    result.scores.insert(result.scores.end(), work.scores.begin(), work.scores.end());
  }
  reading.tail.assign(ids.begin() + static_cast<std::ptrdiff_t>(at), ids.end());
  reading.tokens = reading.segments * kLength + static_cast<int64_t>(reading.tail.size());
  result.reading = reading;
  return result;
}

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

bool same(const Reading& a, const Reading& b) {
  return a.memory == b.memory && a.last_hidden == b.last_hidden && a.tail == b.tail && a.segments == b.segments &&
         a.tokens == b.tokens;
}

std::vector<float> logits_of(const Lane& lane) {
  return {lane.logits().begin(), lane.logits().end()};
}

double logprob(const std::vector<float>& logits, int32_t id) {
  return logits[static_cast<size_t>(id)] - at::logsumexp(at::tensor(logits, at::kDouble), 0).item<double>();
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = a.size() == b.size() ? 0 : INFINITY;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) largest = std::max<double>(largest, std::abs(a[i] - b[i]));
  return largest;
}

std::string refusal(const RecurrentModel& model, const std::string& bytes) {
  try {
    model.restore(bytes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
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

TEST_CASE("a lane's logits are the distribution the text is scored with") {
  struct Kind {
    Architecture architecture;
    int64_t fixed_lanes;
  };
  for (const auto& [architecture, fixed_lanes] :
       {Kind{Architecture::gpt2, 0}, Kind{Architecture::llama, 0}, Kind{Architecture::llama, 2}}) {
    CAPTURE(fixed_lanes);
    RecurrentModel model(loaded(architecture), lm::ServedMemory::carried, fixed_lanes);
    const auto ids = ids_of(random_text(2 * kLength, 5));
    const auto scores = read(model, model.start(), ids).scores;  // scores[i] is of ids[i + 1]
    for (const size_t begun : {size_t{0}, size_t{1}, size_t{9}, size_t{kLength}, size_t{kLength + 6}}) {
      CAPTURE(begun);
      const std::vector<int32_t> prompt(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(begun));
      const auto lane = model.open_lane(read(model, model.start(), prompt).reading);
      CHECK(lane->logits().empty() == (begun == 0));
      for (size_t i = begun; i < ids.size() && lane->tokens().size() < kLength; ++i) {
        if (i > 0) CHECK(logprob(logits_of(*lane), ids[i]) == doctest::Approx(scores[i - 1].logprob).epsilon(1e-4));
        const DecodeWork work[] = {{lane.get(), ids[i]}};
        model.decode(work);
      }
      const DecodeWork more[] = {{lane.get(), 1}};
      if (lane->tokens().size() == kLength) CHECK_THROWS_AS(model.decode(more), std::invalid_argument);
    }
  }
}

TEST_CASE("a lane scores the tail it begins with") {
  RecurrentModel model(loaded(Architecture::llama));
  const auto ids = ids_of(random_text(kLength + 10, 6));
  const Read whole = read(model, model.start(), ids);
  for (const int64_t from : {0, 1, 4, 9, 10}) {
    SegmentWork scoring;
    scoring.score_from = from;
    scoring.top = 2;
    const auto lane = model.open_lane(whole.reading, &scoring);
    CHECK(logits_of(*lane) == logits_of(*model.open_lane(whole.reading)));
    REQUIRE(static_cast<int64_t>(scoring.scores.size()) == 10 - from);
    for (size_t i = 0; i < scoring.scores.size(); ++i) {
      CHECK(scoring.scores[i].logprob == whole.scores[whole.scores.size() - scoring.scores.size() + i].logprob);
      CHECK(scoring.scores[i].top.size() == 2);
    }
  }
}

TEST_CASE("lanes decoded together are bit for bit lanes alone; a fork knows nothing of its sibling") {
  RecurrentModel model(loaded(Architecture::llama, Precision::int8));
  const Reading a = read(model, model.start(), ids_of(random_text(30, 7))).reading;
  const Reading b = read(model, model.start(), ids_of(random_text(9, 8))).reading;
  const auto first = model.open_lane(a), second = model.open_lane(b), alone = model.open_lane(a);
  const auto fork = first->fork();
  const DecodeWork together[] = {{second.get(), 'x'}, {first.get(), 'y'}, {fork.get(), 'z'}};
  model.decode(together);
  const DecodeWork one[] = {{alone.get(), 'y'}};
  model.decode(one);
  CHECK(logits_of(*first) == logits_of(*alone));
  CHECK(logits_of(*first) != logits_of(*fork));
  CHECK(largest_difference(logits_of(*first), logits_of(*fork)) > 0);
  CHECK(first->tokens().back() == 'y');
  CHECK(fork->tokens().back() == 'z');
  const DecodeWork twice[] = {{first.get(), 'x'}, {first.get(), 'y'}};
  CHECK_THROWS_AS(model.decode(twice), std::invalid_argument);
}

TEST_CASE("lanes at fixed places decode what growing ones do, and are given back") {
  const lm::LoadedModel drawn = loaded(Architecture::llama);
  RecurrentModel growing(drawn), fixed(drawn, lm::ServedMemory::carried, 4);
  const Reading a = read(growing, growing.start(), ids_of(random_text(30, 7))).reading;
  const Reading b = read(growing, growing.start(), ids_of(random_text(9, 8))).reading;
  for (int round = 0; round < 3; ++round) {  // four places are enough for three rounds of three lanes
    std::vector<std::vector<float>> logits;
    for (RecurrentModel* model : {&growing, &fixed}) {
      const auto first = model->open_lane(a), second = model->open_lane(b);
      const auto fork = first->fork();
      const DecodeWork together[] = {{second.get(), 'x'}, {first.get(), 'y'}, {fork.get(), 'z'}};
      model->decode(together);
      const DecodeWork once_more[] = {{fork.get(), 'q'}};
      model->decode(once_more);
      CHECK(fork->tokens().back() == 'q');
      for (const Lane* lane : {first.get(), second.get(), fork.get()}) logits.push_back(logits_of(*lane));
    }
    for (size_t i = 0; i < 3; ++i) CHECK(largest_difference(logits[i], logits[i + 3]) < 1e-4);
  }
  const auto x = fixed.open_lane(a), y = fixed.open_lane(a), z = fixed.open_lane(a), w = fixed.open_lane(a);
  CHECK_THROWS_AS(fixed.open_lane(a), model::Error);
}

TEST_CASE("a saved reading comes back bit for bit") {
  RecurrentModel model(loaded(Architecture::gpt2));
  for (const size_t length : {0, 5, 24, 60}) {
    const Reading reading = read(model, model.start(), ids_of(random_text(length, 9))).reading;
    CHECK(same(model.restore(model.save(reading)), reading));
    CHECK(model.save(reading).size() < static_cast<size_t>(model.info().reading.state_bytes()) + 1000);
  }
}

TEST_CASE("a foreign, damaged or inconsistent reading is refused") {
  RecurrentModel model(loaded(Architecture::gpt2)), other(loaded(Architecture::gpt2, Precision::fp32, 12));
  const Reading good = read(model, model.start(), ids_of(random_text(30, 10))).reading;
  const std::string bytes = model.save(good);
  CHECK(refusal(model, bytes) == "");
  CHECK(refusal(other, bytes).find("another model") != std::string::npos);
  CHECK(refusal(model, "") != "");
  CHECK(refusal(model, bytes + "x") != "");
  for (size_t size = 0; size < bytes.size(); size += 37) CHECK(refusal(model, bytes.substr(0, size)) != "");

  const auto changed = [&](auto&& change) {
    Reading reading = good;
    change(reading);
    return reading;
  };
  const auto refused = [&](auto&& change) {
    CHECK_THROWS_AS(model.save(changed(change)), std::invalid_argument);
    CHECK_THROWS_AS(model.open_lane(changed(change)), std::invalid_argument);
  };
  refused([](Reading& r) { r.memory.pop_back(); });
  refused([](Reading& r) { r.last_hidden.clear(); });
  refused([](Reading& r) { r.tail.resize(kLength, 1); });
  refused([](Reading& r) { r.tail[0] = 256; });
  refused([](Reading& r) { r.tail[0] = -1; });
  refused([](Reading& r) { r.segments = 2; });
  refused([](Reading& r) { r.tokens = -30; });
  refused([](Reading& r) { r.memory[3] = NAN; });

  for (size_t at = 0; at < bytes.size(); at += 29) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    CHECK(refusal(model, flipped) != "");
  }

  // Whole bytes that lie.
  const at::Tensor memory = at::tensor(good.memory).view({1, kMemory, 64});
  const auto written = [&](int64_t segments, int64_t tokens, const std::string& name) {
    return model::save_state({memory, {segments}, {tokens}}, model.info().reading.fingerprint,
                             {{"tail", at::tensor(good.tail, at::kInt)}, {name, at::tensor(good.last_hidden)}});
  };
  CHECK(refusal(model, written(1, 30, "last_hidden")) == "");
  CHECK(refusal(model, written(1, 54, "last_hidden")).find("contradicts") != std::string::npos);
  CHECK(refusal(model, written(0, 6, "last_hidden")) != "");
  CHECK(refusal(model, written(1, 30, "another")).find("unknown") != std::string::npos);
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
