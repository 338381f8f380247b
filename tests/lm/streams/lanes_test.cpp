// Lanes: text that grows token by token, alone and many together.
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "lm/streams/recurrent_model.h"
#include "model/error.h"
#include "tests/lm/byte_models.h"
#include "tests/lm/streams/drawn_model.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using engine::DecodeWork;
using engine::Lane;
using engine::Reading;
using engine::SegmentWork;
using lm::RecurrentModel;
using model::Architecture;
using model::Precision;

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

}  // namespace
}  // namespace rmt::tests
