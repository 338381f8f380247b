#include "corpora/segments.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace rmt::corpora {

SegmentReader::SegmentReader(TokenStream& stream, int64_t length, int64_t max_tokens)
    : stream_(stream), length_(length), max_tokens_(max_tokens) {
  if (length < 1) throw std::invalid_argument("a segment holds at least one token");
}

std::optional<Segment> SegmentReader::next() {
  int64_t wanted = length_;
  if (max_tokens_ >= 0) wanted = std::min(wanted, max_tokens_ - token_);
  buffer_.clear();
  while (static_cast<int64_t>(buffer_.size()) < wanted &&
         stream_.read(static_cast<size_t>(wanted) - buffer_.size(), buffer_)) {
  }
  if (buffer_.size() == 0) return std::nullopt;

  Segment segment;
  segment.index = index_++;
  segment.token_from = token_;
  segment.token_to = token_ += static_cast<int64_t>(buffer_.size());
  segment.byte_from = byte_;
  segment.byte_to = byte_ += std::accumulate(buffer_.bytes.begin(), buffer_.bytes.end(), int64_t{0});
  segment.ids = buffer_.ids;
  segment.bytes = buffer_.bytes;
  return segment;
}

}  // namespace rmt::corpora
