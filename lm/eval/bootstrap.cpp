#include "lm/eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace rmt::lm {

namespace {

// Uniform in [0, bound), the same on every standard library (std's distributions are not).
size_t draw(std::mt19937_64& rng, size_t bound) {
  const double unit = static_cast<double>(rng() >> 11) * 0x1p-53;
  return static_cast<size_t>(unit * static_cast<double>(bound));
}

Interval percentile_interval(std::vector<double> ratios, double level) {
  std::sort(ratios.begin(), ratios.end());
  const auto at = [&](double quantile) {
    const double place = quantile * static_cast<double>(ratios.size() - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, ratios.size() - 1);
    return ratios[below] + (place - static_cast<double>(below)) * (ratios[above] - ratios[below]);
  };
  return {at((1 - level) / 2), at((1 + level) / 2)};
}

// Resamples runs of `block` neighbouring shares until as many shares are drawn as there are.
Interval resample(std::span<const Share> shares, size_t block, const BootstrapOptions& options) {
  std::mt19937_64 rng(options.seed);
  std::vector<double> ratios;
  ratios.reserve(static_cast<size_t>(options.resamples));
  for (int64_t i = 0; i < options.resamples; ++i) {
    Share total;
    for (size_t drawn = 0; drawn < shares.size();) {
      const size_t from = draw(rng, shares.size() - block + 1);
      for (size_t j = 0; j < block && drawn < shares.size(); ++j, ++drawn) {
        total.part += shares[from + j].part;
        total.whole += shares[from + j].whole;
      }
    }
    if (total.whole > 0) ratios.push_back(total.part / total.whole);
  }
  if (ratios.empty()) return {std::nan(""), std::nan("")};
  return percentile_interval(std::move(ratios), options.level);
}

}  // namespace

std::optional<Interval> bootstrap(std::span<const Share> shares, const BootstrapOptions& options) {
  if (shares.size() < 2) return std::nullopt;
  return resample(shares, 1, options);
}

std::optional<Interval> block_bootstrap(std::span<const Share> segments, const BootstrapOptions& options) {
  if (segments.size() < 8) return std::nullopt;
  return resample(segments, static_cast<size_t>(std::lround(std::cbrt(segments.size()))), options);
}

}  // namespace rmt::lm
