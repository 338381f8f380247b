#include "corpora/segments.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace rmt::corpora {

SegmentReader::SegmentReader(TokenStream& stream, int64_t length, int64_t max_tokens, std::optional<int32_t> bos)
    : stream_(stream), length_(length), max_tokens_(max_tokens), bos_(bos) {
  if (length < (bos ? 2 : 1)) throw std::invalid_argument("a segment holds at least one token of the text");
}

std::optional<Segment> SegmentReader::next() {
  const bool with_bos = bos_ && index_ == 0;
  int64_t wanted = length_ - with_bos;
  if (max_tokens_ >= 0) wanted = std::min(wanted, max_tokens_ - token_);
  Tokens tokens;
  while (static_cast<int64_t>(tokens.size()) < wanted &&
         stream_.read(static_cast<size_t>(wanted) - tokens.size(), tokens)) {
  }
  if (tokens.size() == 0) return std::nullopt;

  Segment segment;
  segment.index = index_++;
  segment.token_from = token_;
  segment.token_to = token_ += static_cast<int64_t>(tokens.size());
  segment.byte_from = byte_;
  segment.byte_to = byte_ += std::accumulate(tokens.bytes.begin(), tokens.bytes.end(), int64_t{0});
  segment.ids = std::move(tokens.ids);
  segment.bytes = std::move(tokens.bytes);
  if (with_bos) {
    segment.starts_with_bos = true;
    segment.ids.insert(segment.ids.begin(), *bos_);
    segment.bytes.insert(segment.bytes.begin(), 0);
  }
  return segment;
}

}  // namespace rmt::corpora
