// Lean makes many of its tables when they are first needed. Made before any process is forked they are made once, and
// shared: `exact?` alone in its process takes a quarter of the time.
#pragma once

#include "prover/worker/elaborator.h"

namespace rmt::prover {

/// Elaborates a few theorems of our own with the tactics that are used most, and forgets them. What the library cannot
/// do is passed over.
void warm_up(const LeanState& library);

}  // namespace rmt::prover
