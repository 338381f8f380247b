// How a backbone is wrapped: the official semantics of the Recurrent Memory Transformer by default.
#pragma once

#include <cstdint>
#include <string_view>

namespace rmt::model {

enum class TextPositions {
  shifted,    ///< rows of a segment are numbered 0 .. S-1 in order, so text starts at M (official)
  pretrained  ///< text keeps 0 .. T-1 as in pre-training, read and write rows follow it
};

constexpr std::string_view name(TextPositions positions) {
  return positions == TextPositions::shifted ? "shifted" : "pretrained";
}

enum class MemoryScale {
  written,  ///< memory goes on as the last layer wrote it (official)
  initial   ///< each row is scaled to the root mean square of its initial vector: where last hidden states are far
            ///< larger than embeddings, a backbone would else read rows unlike all that it was trained on
};

constexpr std::string_view name(MemoryScale scale) {
  return scale == MemoryScale::written ? "written" : "initial";
}

struct RmtConfig {
  int64_t memory_tokens = 10;    ///< M; 0 is the plain backbone
  int64_t segment_length = 512;  ///< T, text tokens of a full segment
  TextPositions positions = TextPositions::shifted;
  MemoryScale scale = MemoryScale::written;
};

}  // namespace rmt::model
