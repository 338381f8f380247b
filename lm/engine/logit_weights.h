// Logits as weights: probabilities times a constant, 1 for the likeliest. The arithmetic is plain single precision in a
// fixed order, so that the same logits give the same weights, bit for bit, on every processor.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace rmt::engine {

inline constexpr float kLog2E = 1.44269504F;

/// The highest logit, NaN left out of account; -infinity where there is no other.
float highest(std::span<const float> logits);

/// How far below the highest a logit is, as a power of two: probabilities are 2^exponent times a constant.
class LogitScale {
 public:
  /// `temperature` above 0; `highest` is a number.
  LogitScale(float highest, float temperature);

  /// At most 0; keeps the order of logits. NaN for a logit of NaN.
  float exponent(float logit) const { return (logit - highest_) * factor_; }

 private:
  float highest_, factor_;
};

/// 2^y for y <= 0, with a relative error below 3e-7; 0 below y = -126 and for NaN.
inline float power_of_two(float y) {
  const bool counts = y > -126.0F;
  const float bounded = counts ? y : -126.0F;
  const auto whole = static_cast<int32_t>(bounded - 0.5F);  // the nearest integer, as y <= 0
  const float z = (bounded - static_cast<float>(whole)) * 0.693147181F;
  // The series of exp(z) for |z| <= ln(2) / 2.
  float p = 1.0F / 5040;
  p = p * z + 1.0F / 720;
  p = p * z + 1.0F / 120;
  p = p * z + 1.0F / 24;
  p = p * z + 1.0F / 6;
  p = p * z + 0.5F;
  p = p * z + 1.0F;
  p = p * z + 1.0F;
  return counts ? p * std::bit_cast<float>((whole + 127) << 23) : 0.0F;
}

/// weights[i] of logits[i]; `scale` is that of the highest logit.
void weigh(std::span<const float> logits, const LogitScale& scale, std::span<float> weights);

double sum_of(std::span<const float> weights);

}  // namespace rmt::engine
