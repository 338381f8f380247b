#include "lm/eval/line_parts.h"

#include <algorithm>
#include <limits>

namespace rmt::lm {

namespace {

/// Where the ids of a segment begin and end in the text.
struct IdBytes {
  explicit IdBytes(const corpora::Segment& segment) {
    int64_t at = segment.byte_from;
    for (const uint32_t bytes : segment.bytes) {
      from.push_back(at);
      to.push_back(at += bytes);
    }
  }

  size_t first_beyond(int64_t byte) const {
    return static_cast<size_t>(std::ranges::upper_bound(to, byte) - to.begin());
  }
  size_t first_from(int64_t byte) const {
    return static_cast<size_t>(std::ranges::lower_bound(from, byte) - from.begin());
  }

  std::vector<int64_t> from, to;
};

}  // namespace

void LineParts::add(std::string_view text) {
  finder_.add(text);
  for (const corpora::ByteRange& line : finder_.take()) lines_.push_back(line);
}

std::vector<LinePart> LineParts::take(const corpora::Segment& segment) {
  const IdBytes ids(segment);
  std::vector<LinePart> parts;
  const auto add_part = [&](const corpora::ByteRange& line) {
    if (line.from >= segment.byte_to) return;
    parts.push_back({.from = ids.first_beyond(line.from),
                     .to = ids.first_from(line.to),
                     .goes_on = line.from < segment.byte_from,
                     .ends = line.to <= segment.byte_to});
  };
  for (; !lines_.empty() && lines_.front().to <= segment.byte_to; lines_.pop_front()) add_part(lines_.front());
  if (!lines_.empty())
    add_part(lines_.front());
  else if (const auto begun = finder_.begun())
    add_part({*begun, std::numeric_limits<int64_t>::max()});
  return parts;
}

}  // namespace rmt::lm
