// From a model's logits to the next token.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "lm/engine/job.h"
#include "lm/engine/logit_weights.h"

namespace rmt::engine {

/// Throws std::invalid_argument; its text begins with the name of the field that is wrong.
void validate(const Sampling& sampling, int64_t vocabulary);

/// How often each token has occurred: what the penalties look at.
class TokenCounts {
 public:
  void add(int32_t id) { ++counts_[id]; }
  const std::unordered_map<int32_t, int64_t>& counts() const { return counts_; }

 private:
  std::unordered_map<int32_t, int64_t> counts_;
};

/// Holds nothing but memory to work in: one sampler serves every stream of its thread.
class Sampler {
 public:
  /// The token at `position`: a function of the arguments alone, the same in every batch, order of calls, process and
  /// machine. The one random number in it is made of (sampling.seed, position). At temperature 0 the likeliest token,
  /// the lowest id among equals. `sampling` is valid for these logits and every token of `history` has one.
  /// Logits of NaN and -infinity are never drawn; nothing where there are no others.
  std::optional<int32_t> draw(std::span<const float> logits, const Sampling& sampling, const TokenCounts& history,
                              uint64_t position);

 private:
  struct Candidate {
    int32_t id = 0;
    float logit = 0, weight = 0;
  };

  std::span<const float> adjusted(std::span<const float> logits, const Sampling& sampling, const TokenCounts& history);
  int32_t draw_from_all(double unit) const;
  double gather(std::span<const float> logits, const LogitScale& scale, const Sampling& sampling);
  void cut(const Sampling& sampling, double total);
  double weight_kept() const;
  int32_t draw_from_kept(double unit) const;

  std::vector<float> adjusted_, weights_;  // [V]
  std::vector<Candidate> kept_;            // what the cuts leave, likeliest first
};

}  // namespace rmt::engine
