// The tactic lines of a document as runs of its tokens, segment by segment.
#pragma once

#include <cstddef>
#include <deque>
#include <string_view>
#include <vector>

#include "corpora/segments.h"
#include "corpora/tactic_lines.h"

namespace rmt::lm {

/// What a segment holds of a line: its ids [from, to), all that have a byte of the line. Of one that does not end here
/// the next segment holds more, or it turns out to be no such line.
struct LinePart {
  size_t from = 0, to = 0;
  bool goes_on = false;  ///< begun in an earlier segment
  bool ends = false;
};

/// The text goes in ahead of its segments.
class LineParts {
 public:
  void add(std::string_view text);

  /// Of the next segment, all of whose text went in. At most the last one does not end in it.
  std::vector<LinePart> take(const corpora::Segment& segment);

 private:
  corpora::TacticLines finder_;
  std::deque<corpora::ByteRange> lines_;  // that do not end in the segments taken so far
};

}  // namespace rmt::lm
