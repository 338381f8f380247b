#include "corpora/units.h"

#include <algorithm>

namespace rmt::corpora {

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

void UnitMeter::add(std::string_view text) {
  held_.erase(0, taken_);
  taken_ = 0;
  held_ += text;
}

Units UnitMeter::take(size_t bytes) {
  const TextCounts before = counter_.counts();
  const size_t from = taken_;
  taken_ = std::min(taken_ + bytes, held_.size());
  counter_.add(held_, from, taken_);
  const TextCounts& after = counter_.counts();
  return {1, after.bytes - before.bytes, after.chars - before.chars, after.words - before.words};
}

}  // namespace rmt::corpora
