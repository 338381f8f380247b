// The configuration of a backbone, out of a GGUF file.
#pragma once

#include "model/config.h"
#include "model/weights/gguf_file.h"

namespace rmt::model {

/// What a GGUF file says about its model.
struct GgufModel {
  BackboneConfig config;
  bool permuted_rotary = false;  ///< see from_gguf_name
};

/// Reads llama.cpp's architectures "gpt2", "llama" and "qwen2". Throws Error: unsupported (another
/// architecture, or an option that would change the computation), not_found and malformed (a key or
/// tensor), and what validate() throws.
GgufModel read_gguf_model(const GgufFile& file);

}  // namespace rmt::model
