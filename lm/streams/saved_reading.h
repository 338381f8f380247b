// A reading as bytes: safetensors with a fingerprint (model/rmt/memory_state.h), the tail and the last hidden state
// beside the memory.
#pragma once

#include <string>

#include "lm/engine/reading.h"

namespace rmt::lm {

std::string save_reading(const engine::Reading& reading, const engine::ReadingInfo& info);

/// Throws std::invalid_argument for bytes that are damaged, another model's, or that contradict themselves.
engine::Reading restore_reading(const std::string& bytes, const engine::ReadingInfo& info);

/// Throws std::invalid_argument for a reading that no text could have led to.
void check_reading(const engine::Reading& reading, const engine::ReadingInfo& info);

}  // namespace rmt::lm
