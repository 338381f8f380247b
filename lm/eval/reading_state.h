// Where the evaluation of one document stands between two steps; what --resume goes on from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "corpora/segments.h"
#include "lm/eval/segment_scorer.h"

namespace rmt::lm {

struct ReadingState {
  int64_t segments = 0;             ///< read so far
  std::string digest;               ///< SHA-256 chained over the ids of those segments; empty before the first
  std::optional<ScoreState> main;   ///< of the recurrent protocol
  std::optional<ScoreState> reset;  ///< of the same tokens with the memory reset, when measured
};

/// Counts `segment` in: `segments` and `digest`, not the scores.
void note_read(ReadingState& state, const corpora::Segment& segment);

/// As bytes for the store, and back. `fingerprint` binds them to model, tokenizer and wrapper.
/// Throws model::Error: mismatch for a foreign fingerprint, malformed or truncated for damaged bytes.
std::string save_reading_state(const ReadingState& state, const std::string& fingerprint);
ReadingState load_reading_state(const std::string& bytes, const std::string& fingerprint);

}  // namespace rmt::lm
