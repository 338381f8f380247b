#include "lm/engine/sampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "corpora/tasks/random_stream.h"

namespace rmt::engine {

namespace {

constexpr size_t kBlock = 512;  // weights summed at once

void require(bool holds, const char* field, const char* range, double value) {
  if (!holds) throw std::invalid_argument(fmt::format("{} must be {}, not {}", field, range, value));
}

// In [0, 1).
double random_unit(uint64_t seed, uint64_t position) {
  return static_cast<double>(corpora::RandomStream(seed, position).next() >> 11) * 0x1p-53;
}

bool has_penalties(const Sampling& sampling) {
  return sampling.repetition_penalty != 1 || sampling.presence_penalty != 0 || sampling.frequency_penalty != 0;
}

bool has_cuts(const Sampling& sampling) {
  return sampling.top_k > 0 || sampling.top_p < 1 || sampling.min_p > 0;
}

}  // namespace

void validate(const Sampling& sampling, int64_t vocabulary) {
  const auto check = [](const char* field, float value, float least, float most, const char* range) {
    require(value >= least && value <= most, field, range, value);
  };
  constexpr float kMost = std::numeric_limits<float>::max();
  check("temperature", sampling.temperature, 0, kMost, "a number from 0 on");
  require(sampling.top_k >= 0, "top_k", "0 or more", sampling.top_k);
  check("top_p", sampling.top_p, 0, 1, "between 0 and 1");
  check("min_p", sampling.min_p, 0, 1, "between 0 and 1");
  require(sampling.repetition_penalty > 0 && sampling.repetition_penalty <= kMost, "repetition_penalty",
          "a number above 0", sampling.repetition_penalty);
  check("presence_penalty", sampling.presence_penalty, -kMost, kMost, "a finite number");
  check("frequency_penalty", sampling.frequency_penalty, -kMost, kMost, "a finite number");
  for (const auto& [id, bias] : sampling.bias) {
    if (id < 0 || id >= vocabulary)
      throw std::invalid_argument(
          fmt::format("logit_bias names token {}, and the vocabulary has {} tokens, from 0 on", id, vocabulary));
    if (!(bias <= kMost))  // -infinity bans a token
      throw std::invalid_argument(fmt::format("logit_bias of token {} must be a number, not {}", id, bias));
  }
}

std::optional<int32_t> Sampler::draw(std::span<const float> logits, const Sampling& sampling,
                                     const TokenCounts& history, uint64_t position) {
  const std::span<const float> last = adjusted(logits, sampling, history);
  const float most = highest(last);
  if (most == -std::numeric_limits<float>::infinity()) return std::nullopt;
  const bool overflown = most == std::numeric_limits<float>::infinity();
  if (sampling.temperature == 0 || overflown)
    return static_cast<int32_t>(std::find(last.begin(), last.end(), most) - last.begin());

  const LogitScale scale(most, sampling.temperature);
  weights_.resize(last.size());
  weigh(last, scale, weights_);
  const double unit = random_unit(sampling.seed, position);
  if (!has_cuts(sampling)) return draw_from_all(unit);
  cut(sampling, gather(last, scale, sampling));
  return draw_from_kept(unit);
}

// The logits after biases and penalties.
std::span<const float> Sampler::adjusted(std::span<const float> logits, const Sampling& sampling,
                                         const TokenCounts& history) {
  const bool penalties = has_penalties(sampling) && !history.counts().empty();
  if (sampling.bias.empty() && !penalties) return logits;
  adjusted_.assign(logits.begin(), logits.end());
  for (const auto& [id, bias] : sampling.bias) adjusted_[static_cast<size_t>(id)] += bias;
  if (!penalties) return adjusted_;
  for (const auto& [id, count] : history.counts()) {
    float& logit = adjusted_[static_cast<size_t>(id)];
    logit = logit > 0 ? logit / sampling.repetition_penalty : logit * sampling.repetition_penalty;
    logit -= sampling.presence_penalty + static_cast<float>(count) * sampling.frequency_penalty;
  }
  return adjusted_;
}

// The token in whose part of the sum of all weights the point `unit` falls, in order of ids.
int32_t Sampler::draw_from_all(double unit) const {
  const auto block = [&](size_t at) { return std::span(weights_).subspan(at, std::min(kBlock, weights_.size() - at)); };
  double total = 0;
  for (size_t at = 0; at < weights_.size(); at += kBlock) total += sum_of(block(at));
  double point = unit * total;
  size_t from = 0;
  for (; from + kBlock < weights_.size(); from += kBlock) {
    const double sum = sum_of(block(from));
    if (point < sum) break;
    point -= sum;
  }
  // Rounding may leave the point a little past the end: then it is the last token that can be drawn.
  size_t drawn = weights_.size();
  for (size_t i = from; i < weights_.size(); ++i) {
    if (weights_[i] == 0) continue;
    drawn = i;
    if (point < static_cast<double>(weights_[i])) break;
    point -= static_cast<double>(weights_[i]);
  }
  while (drawn == weights_.size() || weights_[drawn] == 0) --drawn;
  return static_cast<int32_t>(drawn);
}

// Enough of the likeliest tokens for the cuts and few more, in any order: all those above some power of two. What is
// not gathered is never sorted. Returns the sum of all weights.
double Sampler::gather(std::span<const float> logits, const LogitScale& scale, const Sampling& sampling) {
  struct Octave {
    int64_t tokens = 0;
    double weight = 0;
  };
  std::array<Octave, 128> octaves{};
  const auto octave_of = [&](size_t i) { return static_cast<size_t>(-scale.exponent(logits[i])); };
  double total = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (weights_[i] == 0) continue;
    Octave& octave = octaves[octave_of(i)];
    octave.tokens += 1;
    octave.weight += static_cast<double>(weights_[i]);
  }
  for (const Octave& octave : octaves) total += octave.weight;

  const double mass = sampling.top_p * total * (1 + 1e-9);  // a little more than cut() may ask for by its own sum
  Octave sum;
  size_t end = 0;
  while (end < octaves.size() && (sampling.top_k > 0 ? sum.tokens < sampling.top_k : sum.weight < mass || end == 0)) {
    sum.tokens += octaves[end].tokens;
    sum.weight += octaves[end].weight;
    ++end;
  }
  // What min_p will cut need not be sorted, unless its weight counts for the tokens that top_k keeps.
  const float least = sampling.top_k > 0 ? 0 : sampling.min_p;
  kept_.clear();
  for (size_t i = 0; i < logits.size(); ++i)
    if (weights_[i] > 0 && weights_[i] >= least && octave_of(i) < end)
      kept_.push_back({static_cast<int32_t>(i), logits[i], weights_[i]});
  return total;
}

// Each cut keeps a prefix of the tokens in order of their logits; the shortest is left.
void Sampler::cut(const Sampling& sampling, double total) {
  const auto likelier = [](const Candidate& a, const Candidate& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
  };
  const auto most = static_cast<size_t>(sampling.top_k);
  if (most > 0 && kept_.size() > most) {
    std::nth_element(kept_.begin(), kept_.begin() + sampling.top_k, kept_.end(), likelier);
    kept_.resize(most);
  }
  std::sort(kept_.begin(), kept_.end(), likelier);
  if (most > 0) total = weight_kept();

  size_t keep = 0;
  double sum = 0;
  while (keep < kept_.size() && (keep == 0 || sum < sampling.top_p * total) && kept_[keep].weight >= sampling.min_p)
    sum += static_cast<double>(kept_[keep++].weight);
  kept_.resize(keep);
}

double Sampler::weight_kept() const {
  double sum = 0;
  for (const Candidate& candidate : kept_) sum += static_cast<double>(candidate.weight);
  return sum;
}

int32_t Sampler::draw_from_kept(double unit) const {
  double point = unit * weight_kept();
  for (const Candidate& candidate : kept_) {
    if (point < static_cast<double>(candidate.weight)) return candidate.id;
    point -= static_cast<double>(candidate.weight);
  }
  return kept_.back().id;
}

}  // namespace rmt::engine
