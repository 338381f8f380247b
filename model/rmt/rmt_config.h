// How a backbone is wrapped: the official semantics of the Recurrent Memory Transformer by default.
#pragma once

#include <cstdint>

namespace rmt::model {

enum class TextPositions {
  shifted,    ///< rows of a segment are numbered 0 .. S-1 in order, so text starts at M (official)
  pretrained  ///< text keeps 0 .. T-1 as in pre-training, read and write rows follow it
};

struct RmtConfig {
  int64_t memory_tokens = 10;    ///< M; 0 is the plain backbone
  int64_t segment_length = 512;  ///< T, text tokens of a full segment
  TextPositions positions = TextPositions::shifted;
};

}  // namespace rmt::model
