// Blocks of a GGUF tensor to fp32, equal to the bit to llama.cpp's gguf-py (and so to ggml).
#pragma once

#include <span>
#include <string_view>

#include "model/weights/ggml_type.h"

namespace rmt::model {

/// F32, F16, BF16, F64, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K.
bool can_dequantize(GgmlType type);

/// Decodes whole blocks: `blocks` holds exactly the values that fill `values`. May be called for
/// parts of a tensor from several threads. Throws Error: unsupported (the type), malformed (sizes
/// that do not fit).
void dequantize(GgmlType type, std::string_view blocks, std::span<float> values);

}  // namespace rmt::model
