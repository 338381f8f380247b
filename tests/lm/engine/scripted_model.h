// A StreamModel without a model: memory is a hash of what was read, logits are drawn from a hash of memory and tail. So
// every token before a token decides its score, as with a real one, and any mistake in what is read shows in the
// numbers.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lm/engine/stream_model.h"

namespace rmt::tests {

class ScriptedModel final : public engine::StreamModel {
 public:
  struct Options {
    int64_t segment_length = 8, vocabulary = 32;
    bool uniform = false;                     ///< all tokens alike
    std::chrono::microseconds per_segment{};  ///< how long a segment takes
    std::chrono::microseconds per_decode{};
    int32_t poison = -1;  ///< reading or decoding this token throws
  };
  explicit ScriptedModel(const Options& options);

  const engine::GeneratorInfo& info() const override { return info_; }
  engine::Reading start() const override;
  void read(std::span<engine::SegmentWork* const> rows) override;
  std::unique_ptr<engine::Lane> open_lane(const engine::Reading& reading, engine::SegmentWork* scoring) override;
  void decode(std::span<const engine::DecodeWork> rows) override;
  std::string save(const engine::Reading& reading) const override;
  engine::Reading restore(const std::string& bytes) const override;

  /// The scores of tokens [from, end) of a text read from its beginning: what any way of asking must give.
  std::vector<float> scores(std::span<const int32_t> text) const;
  /// The reading after a text.
  engine::Reading reading_of(std::span<const int32_t> text) const;
  /// The likeliest tokens after a text, one after the other.
  std::vector<int32_t> greedy(std::vector<int32_t> text, size_t count) const;

  /// What was asked of it, in order: r a segment read, o a lane opened, d a decoding. Not while a job runs.
  const std::string& calls() const { return calls_; }
  int64_t largest_decode() const { return largest_decode_; }
  int64_t segments() const { return segments_; }

 private:
  class ScriptedLane;
  std::vector<float> logits_after(const std::vector<float>& memory, std::span<const int32_t> tail) const;
  void check(int32_t token) const;

  Options options_;
  engine::GeneratorInfo info_;
  std::string calls_;
  std::atomic<int64_t> largest_decode_{0}, segments_{0};
};

}  // namespace rmt::tests
