#include "lm/engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

#include "corpora/tasks/random_stream.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Roughly normal, with ties: a multiple of 1/8.
std::vector<float> drawn_logits(size_t vocabulary, uint64_t seed, double spread) {
  rmt::corpora::RandomStream random(seed, 1);
  std::vector<float> logits(vocabulary);
  for (float& logit : logits) {
    double sum = 0;
    for (int i = 0; i < 6; ++i) sum += static_cast<double>(random.below(1000)) / 1000 - 0.5;
    logit = static_cast<float>(std::round(sum * spread * 8) / 8);
  }
  return logits;
}

// The definition, in double and with a full sort: the tokens that may be drawn, and how probable each is.
std::map<int32_t, double> allowed(const std::vector<float>& logits, const Sampling& sampling) {
  std::vector<int32_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
  });
  const auto weight = [&](int32_t id) {
    const double below = static_cast<double>(logits[static_cast<size_t>(id)] - logits[static_cast<size_t>(order[0])]);
    return std::exp(below / static_cast<double>(sampling.temperature));
  };
  const auto total = [&] {
    return std::accumulate(order.begin(), order.end(), 0.0, [&](double sum, int32_t id) { return sum + weight(id); });
  };
  if (sampling.top_k > 0) order.resize(std::min(order.size(), static_cast<size_t>(sampling.top_k)));
  const double reach = static_cast<double>(sampling.top_p) * total();
  size_t keep = 0;
  for (double sum = 0; keep < order.size() && (keep == 0 || (sum < reach || sampling.top_p == 1)); ++keep)
    sum += weight(order[keep]);
  order.resize(keep);
  while (weight(order.back()) < static_cast<double>(sampling.min_p)) order.pop_back();
  std::map<int32_t, double> probabilities;
  const double kept = total();
  for (const int32_t id : order) probabilities[id] = weight(id) / kept;
  return probabilities;
}

std::string refusal(const Sampling& sampling) {
  try {
    validate(sampling, 100);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

Sampling greedy() {
  Sampling sampling;
  sampling.temperature = 0;
  return sampling;
}

struct Draws {
  Sampler sampler;
  TokenCounts none;
  int32_t operator()(const std::vector<float>& logits, const Sampling& sampling, uint64_t position = 0) {
    return sampler.draw(logits, sampling, none, position).value_or(-1);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Draws, "at temperature 0 the likeliest token, the lowest id among equals") {
  CHECK((*this)({1, 3, 2, 3}, greedy()) == 1);
  CHECK((*this)({-5, -5}, greedy()) == 0);
  std::vector<float> logits = drawn_logits(5000, 3, 2);
  logits[4321] = logits[17] = 100;
  CHECK((*this)(logits, greedy()) == 17);
}

TEST_CASE_FIXTURE(Draws, "no other tokens are drawn than those the cuts leave, and each as often as it should") {
  rmt::corpora::RandomStream random(5, 5);
  for (uint64_t round = 0; round < 30; ++round) {
    CAPTURE(round);
    const std::vector<float> logits = drawn_logits(40, round, 3);
    Sampling sampling;
    sampling.seed = round;
    sampling.temperature = static_cast<float>(1 + random.below(20)) / 10;
    if (random.below(2) == 0) sampling.top_k = static_cast<int32_t>(1 + random.below(12));
    if (random.below(2) == 0) sampling.top_p = static_cast<float>(random.below(100)) / 100;
    if (random.below(2) == 0) sampling.min_p = static_cast<float>(random.below(30)) / 100;
    const std::map<int32_t, double> expected = allowed(logits, sampling);
    std::map<int32_t, int> times;
    constexpr int kDraws = 2000;
    for (uint64_t position = 0; position < kDraws; ++position) times[(*this)(logits, sampling, position)] += 1;
    for (const auto& [id, count] : times) CHECK(expected.contains(id));
    for (const auto& [id, probability] : expected) {
      const double deviation = std::sqrt(probability * (1 - probability) / kDraws);
      CHECK(std::abs(times[id] / double{kDraws} - probability) <= 5 * deviation + 1e-9);
    }
  }
}

TEST_CASE_FIXTURE(Draws, "cuts of a large vocabulary with many equal logits are exact") {
  for (uint64_t seed = 0; seed < 2; ++seed) {
    const std::vector<float> logits = drawn_logits(50257, seed, 4);
    for (const auto& [k, p, min] :
         {std::tuple{40, 1.0F, 0.0F}, {0, 0.6F, 0.0F}, {0, 1.0F, 0.05F}, {300, 0.5F, 0.01F}}) {
      CAPTURE(k);
      Sampling sampling;
      sampling.top_k = k;
      sampling.top_p = p;
      sampling.min_p = min;
      sampling.temperature = 0.8F;
      const auto expected = allowed(logits, sampling);
      std::set<int32_t> seen;
      for (uint64_t position = 0; position < 25; ++position) seen.insert((*this)(logits, sampling, position));
      for (const int32_t id : seen) CHECK(expected.contains(id));
      CHECK(seen.size() > 1);
    }
  }
}

TEST_CASE("a draw depends on seed and position alone, not on what the sampler did before") {
  const std::vector<float> logits = drawn_logits(1000, 7, 2), others = drawn_logits(300, 8, 2);
  Sampling sampling;
  sampling.seed = 11;
  sampling.top_p = 0.9F;
  Draws forwards, backwards;
  std::vector<int32_t> first, second;
  for (uint64_t position = 0; position < 50; ++position) first.push_back(forwards(logits, sampling, position));
  for (uint64_t position = 50; position-- > 0;) {
    backwards(others, Sampling{}, position);
    second.insert(second.begin(), backwards(logits, sampling, position));
  }
  CHECK(first == second);
  CHECK(std::set<int32_t>(first.begin(), first.end()).size() > 10);
  sampling.seed = 12;
  std::vector<int32_t> other_seed;
  for (uint64_t position = 0; position < 50; ++position) other_seed.push_back(forwards(logits, sampling, position));
  CHECK(first != other_seed);
}

TEST_CASE_FIXTURE(Draws, "draws are the same on every machine, by every compiler, for good") {
  const std::vector<float> logits = drawn_logits(1000, 7, 2);
  Sampling sampling;
  sampling.seed = 11;
  const auto first = [&] {
    std::vector<int32_t> ids;
    for (uint64_t position = 0; position < 8; ++position) ids.push_back((*this)(logits, sampling, position));
    return ids;
  };
  CHECK(first() == std::vector<int32_t>{352, 328, 23, 204, 931, 904, 178, 372});
  sampling.top_p = 0.9F;
  CHECK(first() == std::vector<int32_t>{928, 369, 436, 230, 152, 323, 524, 232});
}

TEST_CASE_FIXTURE(Draws, "logits that are no numbers") {
  Sampling warm;
  for (uint64_t position = 0; position < 50; ++position) {
    CHECK((*this)({kNan, -kInfinity, 2, kNan}, warm, position) == 2);
    CHECK((*this)({1, kInfinity, 2}, warm, position) == 1);
    CHECK((*this)({1, 3.0e38F, -3.0e38F}, warm, position) == 1);
  }
  CHECK((*this)({kNan, -kInfinity, 2, 1}, greedy()) == 2);
  CHECK((*this)({kNan, -kInfinity}, warm) == -1);
  CHECK((*this)({kNan}, greedy()) == -1);
  CHECK((*this)({}, warm) == -1);
}

TEST_CASE_FIXTURE(Draws, "a temperature next to nothing is as good as 0") {
  Sampling cold;
  cold.temperature = std::numeric_limits<float>::denorm_min();
  for (uint64_t position = 0; position < 20; ++position) CHECK((*this)({1, 1.001F, 1}, cold, position) == 1);
}

TEST_CASE_FIXTURE(Draws, "a bias of 100 decides, one of -100 bans, whatever else is set") {
  const std::vector<float> logits = drawn_logits(200, 2, 4);
  Sampling sampling;
  sampling.bias = {{7, 100.0F}};
  for (uint64_t position = 0; position < 200; ++position) CHECK((*this)(logits, sampling, position) == 7);
  const int32_t best = (*this)(logits, greedy());
  sampling.bias = {{best, -100.0F}};
  for (uint64_t position = 0; position < 500; ++position) CHECK((*this)(logits, sampling, position) != best);
  sampling.temperature = 0;
  CHECK((*this)(logits, sampling) != best);
  sampling.bias = {{0, -kInfinity}, {1, -kInfinity}};
  CHECK((*this)({5, 4}, sampling) == -1);
  CHECK((*this)({5, 4, -3}, sampling) == 2);
}

TEST_CASE("penalties look at what has been") {
  Sampler sampler;
  TokenCounts history;
  for (const int32_t id : {0, 0, 0, 1}) history.add(id);
  Sampling sampling = greedy();
  const std::vector<float> logits = {4, 3.5F, 2.5F, -1};
  const auto next = [&] { return sampler.draw(logits, sampling, history, 0).value(); };
  CHECK(next() == 0);
  sampling.presence_penalty = 0.75F;  // 3.25, 2.75, 2.5
  CHECK(next() == 0);
  sampling.frequency_penalty = 0.5F;  // 1.75, 2.25, 2.5
  CHECK(next() == 2);
  sampling.presence_penalty = sampling.frequency_penalty = 0;
  sampling.repetition_penalty = 2;  // 2, 1.75, 2.5
  CHECK(next() == 2);
  history.add(2);
  history.add(3);  // 2, 1.75, 1.25, -2: a negative one is multiplied
  CHECK(next() == 0);
  sampling.repetition_penalty = 0.5F;  // 8, 7, 5, -0.5
  CHECK(next() == 0);
  sampling.bias = {{3, 20.0F}};  // biases come first: 19 / 0.5
  CHECK(next() == 3);
}

TEST_CASE("settings that make no sense are refused by name") {
  CHECK(refusal({}) == "");
  Sampling sampling;
  sampling.temperature = -0.5F;
  CHECK(refusal(sampling) == "temperature must be a number from 0 on, not -0.5");
  sampling.temperature = kNan;
  CHECK(refusal(sampling).starts_with("temperature"));
  sampling = {};
  sampling.top_k = -1;
  CHECK(refusal(sampling) == "top_k must be 0 or more, not -1");
  sampling = {};
  sampling.top_p = 1.5F;
  CHECK(refusal(sampling) == "top_p must be between 0 and 1, not 1.5");
  sampling = {};
  sampling.min_p = kNan;
  CHECK(refusal(sampling).starts_with("min_p"));
  sampling = {};
  sampling.repetition_penalty = 0;
  CHECK(refusal(sampling) == "repetition_penalty must be a number above 0, not 0");
  sampling = {};
  sampling.presence_penalty = kInfinity;
  CHECK(refusal(sampling).starts_with("presence_penalty"));
  sampling = {};
  sampling.frequency_penalty = kNan;
  CHECK(refusal(sampling).starts_with("frequency_penalty"));
  sampling = {};
  sampling.bias = {{100, 1.0F}};
  CHECK(refusal(sampling) == "logit_bias names token 100, and the vocabulary has 100 tokens, from 0 on");
  sampling.bias = {{-1, 1.0F}};
  CHECK(refusal(sampling).starts_with("logit_bias"));
  sampling.bias = {{5, kNan}};
  CHECK(refusal(sampling).starts_with("logit_bias of token 5"));
  sampling.bias = {{5, -kInfinity}};
  CHECK(refusal(sampling) == "");
}
