#include "lm/store/figures.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace rmt::store {
namespace {

double per(double sum, int64_t count) {
  return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double perplexity(const Totals& totals) {
  return std::exp(per(totals.nll, totals.scored_tokens));
}

double bits_per_byte(const Totals& totals) {
  return per(totals.nll, totals.scored_bytes) / std::numbers::ln2;
}

std::optional<double> word_perplexity(const Totals& totals) {
  if (totals.finished < totals.documents) return std::nullopt;
  return std::exp(per(totals.nll, totals.words));
}

std::optional<double> bits_per_char(const Totals& totals) {
  if (totals.finished < totals.documents) return std::nullopt;
  return per(totals.nll, totals.chars) / std::numbers::ln2;
}

std::optional<double> memory_gain(const Totals& totals) {
  if (!totals.nll_reset) return std::nullopt;
  return per(*totals.nll_reset - totals.nll, totals.scored_tokens);
}

}  // namespace rmt::store
