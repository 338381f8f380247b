// Segments: a stream of tokens cut into runs of fixed length, the unit the recurrent model reads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "corpora/token_stream.h"

namespace rmt::corpora {

/// Tokens [token_from, token_to) of a document, standing for its bytes [byte_from, byte_to).
struct Segment {
  int64_t index = 0;
  int64_t token_from = 0, token_to = 0;
  int64_t byte_from = 0, byte_to = 0;
  std::vector<int32_t> ids;
  std::vector<uint32_t> bytes;  ///< bytes each id covers

  bool starts_with_bos = false;  ///< ids[0] stands before the text: no bytes, no token number of its own
};

/// Left-aligned: every segment has `length` ids but the last, which may be shorter (never empty).
class SegmentReader {
 public:
  /// The stream must outlive the reader. `max_tokens` < 0 reads to the end. With `bos` the first
  /// segment opens with that id, which takes one of its `length` places. A length that leaves no place
  /// for a token of the text throws std::invalid_argument.
  SegmentReader(TokenStream& stream, int64_t length, int64_t max_tokens = -1, std::optional<int32_t> bos = {});

  std::optional<Segment> next();

 private:
  TokenStream& stream_;
  int64_t length_;
  int64_t max_tokens_;
  std::optional<int32_t> bos_;
  int64_t index_ = 0, token_ = 0, byte_ = 0;
};

}  // namespace rmt::corpora
