// The arithmetic that trains faster on this machine.
#pragma once

#include <cstdint>

#include "model/precision.h"

namespace rmt::lm {

/// fp32 or bf16: a forward and a backward pass of a few products of that shape are timed.
model::Precision faster_precision(int64_t width, int64_t ffn_width);

}  // namespace rmt::lm
