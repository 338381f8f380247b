#include "lm/eval/metrics.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace rmt::lm {

namespace {

double per(double nll, int64_t count) {
  return count > 0 ? nll / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

void CompensatedSum::add(double term) {
  const double sum = sum_ + term;
  lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - sum) + term : (term - sum) + sum_;
  sum_ = sum;
}

void CompensatedSum::add(const CompensatedSum& other) {
  add(other.sum_);
  add(other.lost_);
}

double compensated_sum(std::span<const double> terms) {
  CompensatedSum sum;
  for (const double term : terms) sum.add(term);
  return sum.value();
}

Units& Units::operator+=(const Units& other) {
  tokens += other.tokens;
  bytes += other.bytes;
  chars += other.chars;
  words += other.words;
  return *this;
}

Units operator-(Units a, const Units& b) {
  return {a.tokens - b.tokens, a.bytes - b.bytes, a.chars - b.chars, a.words - b.words};
}

Figures figures(double nll, const Units& scored) {
  return {.nll_per_token = per(nll, scored.tokens),
          .ppl = std::exp(per(nll, scored.tokens)),
          .bits_per_byte = per(nll, scored.bytes) / std::numbers::ln2,
          .word_ppl = std::exp(per(nll, scored.words)),
          .bits_per_char = per(nll, scored.chars) / std::numbers::ln2};
}

}  // namespace rmt::lm
