// What a text read so far has become: a value of some tens of kilobytes, however long the text is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rmt::engine {

/// Where the reading of a text stands. It is a function of the model and the text's tokens alone: not of the pieces
/// they came in, of what else was computed beside them, or of whether they were read or generated.
struct Reading {
  std::vector<float> memory;       ///< [M * D], after the last whole segment
  std::vector<float> last_hidden;  ///< [D]: predicts the first token of the tail; empty while no segment is whole
  std::vector<int32_t> tail;       ///< tokens of the segment begun: fewer than a segment has
  int64_t segments = 0;            ///< whole segments read
  int64_t tokens = 0;              ///< read in all, those of the tail included
};

/// Readings are shared and never changed: to fork one is to copy the pointer.
using ReadingPtr = std::shared_ptr<const Reading>;

/// What decides whether a reading can be gone on with, and what it costs to keep one.
struct ReadingInfo {
  std::string fingerprint;  ///< of weights, tokenizer and wrapper: a saved reading belongs to it
  int64_t segment_length = 0, memory_tokens = 0, width = 0, vocabulary = 0;

  int64_t state_bytes() const { return (memory_tokens + 1) * width * 4 + segment_length * 4; }
};

}  // namespace rmt::engine
