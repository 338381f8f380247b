#include "app/suggest.h"

#include <algorithm>
#include <limits>

namespace rmt::app {
namespace {

/// Optimal string alignment distance, with three rows of the table kept.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

/// How far `word` is from `candidate`: a word cut short counts as one edit.
size_t remoteness(std::string_view word, std::string_view candidate) {
  constexpr size_t kTellingPrefix = 3;
  if (word.size() >= kTellingPrefix && candidate.starts_with(word)) return 1;
  return distance(word, candidate);
}

}  // namespace

std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates) {
  const size_t limit = std::max<size_t>(1, word.size() * 2 / 5);
  size_t best = std::numeric_limits<size_t>::max();
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    const size_t far = remoteness(word, candidate);
    if (far > limit || far >= best) continue;
    best = far;
    found = candidate;
  }
  return found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates, std::string_view prefix) {
  const auto found = closest(word, candidates);
  if (!found) return ".";
  return "; did you mean '" + std::string(prefix) + *found + "'?";
}

}  // namespace rmt::app
