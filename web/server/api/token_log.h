// Tokens with their log-probabilities, compactly: 2 M of them with one alternative each are 40 MB.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "lm/engine/job.h"

namespace rmt::web {

class TokenLog {
 public:
  void add(int32_t id, std::optional<float> logprob, std::span<const engine::TopToken> top) {
    ids_.push_back(id);
    logprobs_.push_back(logprob.value_or(kNone));
    top_.insert(top_.end(), top.begin(), top.end());
    top_end_.push_back(top_.size());
  }
  void clear() { ids_.clear(), logprobs_.clear(), top_.clear(), top_end_.clear(); }

  size_t size() const { return ids_.size(); }
  std::span<const int32_t> ids() const { return ids_; }
  int32_t id(size_t i) const { return ids_[i]; }
  std::optional<float> logprob(size_t i) const {
    if (logprobs_[i] > 0) return std::nullopt;
    return logprobs_[i];
  }
  std::span<const engine::TopToken> top(size_t i) const {
    const size_t from = i == 0 ? 0 : top_end_[i - 1];
    return std::span(top_).subspan(from, top_end_[i] - from);
  }

 private:
  static constexpr float kNone = std::numeric_limits<float>::infinity();  // no logarithm of a probability

  std::vector<int32_t> ids_;
  std::vector<float> logprobs_;
  std::vector<engine::TopToken> top_;
  std::vector<size_t> top_end_;
};

}  // namespace rmt::web
