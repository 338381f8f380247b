#include "lm/engine/logit_weights.h"

#include <algorithm>
#include <array>
#include <limits>

namespace rmt::engine {

namespace {

constexpr size_t kLanes = 16;  // independent chains, for compilers to make vectors of

}  // namespace

float highest(std::span<const float> logits) {
  std::array<float, kLanes> most;
  most.fill(-std::numeric_limits<float>::infinity());
  size_t at = 0;
  for (; at + kLanes <= logits.size(); at += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane)
      most[lane] = logits[at + lane] > most[lane] ? logits[at + lane] : most[lane];
  for (; at < logits.size(); ++at)
    if (logits[at] > most[0]) most[0] = logits[at];
  return *std::max_element(most.begin(), most.end());
}

LogitScale::LogitScale(float highest, float temperature)
    : highest_(highest), factor_(std::min(kLog2E / temperature, 1e30F)) {}  // finite, so that 0 times it is 0

void weigh(std::span<const float> logits, const LogitScale& scale, std::span<float> weights) {
  for (size_t i = 0; i < logits.size(); ++i) weights[i] = power_of_two(scale.exponent(logits[i]));
}

double sum_of(std::span<const float> weights) {
  std::array<double, kLanes> sums{};
  size_t at = 0;
  for (; at + kLanes <= weights.size(); at += kLanes)
    for (size_t lane = 0; lane < kLanes; ++lane) sums[lane] += static_cast<double>(weights[at + lane]);
  for (; at < weights.size(); ++at) sums[0] += static_cast<double>(weights[at]);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace rmt::engine
