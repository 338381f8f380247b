// The k highest of a row's logits, which arrive panel by panel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rmt::model::ops {

struct RankedToken {
  int64_t id = 0;
  float logit = 0;

  /// The higher logit, of equal ones the lower id.
  bool better_than(const RankedToken& other) const {
    return logit > other.logit || (logit == other.logit && id < other.id);
  }
};

/// The same k in whatever order and pieces the logits come. A NaN is never among them.
class TopTokens {
 public:
  explicit TopTokens(int64_t k) : k_(static_cast<size_t>(k)) {}

  /// Of tokens first_id, first_id + 1, …
  void add(const float* logits, int64_t count, int64_t first_id);
  void add(const TopTokens& others);

  /// Best first.
  std::vector<RankedToken> ranked() const;

 private:
  void add(const RankedToken& token);

  size_t k_;
  std::vector<RankedToken> best_;  // a heap, the worst in front
};

}  // namespace rmt::model::ops
