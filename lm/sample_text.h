// A page of prose, mathematics and Lean of our own: what a dtype is tried on where no document is at hand.
#pragma once

#include <cstdint>
#include <vector>

#include "corpora/segments.h"
#include "corpora/tokenizer.h"

namespace rmt::lm {

/// The page as segments of at most `length` tokens.
std::vector<corpora::Segment> sample_segments(const corpora::Tokenizer& tokenizer, int64_t length);

}  // namespace rmt::lm
