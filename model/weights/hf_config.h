// The configuration of a backbone, out of a Hugging Face config.json.
#pragma once

#include <string>
#include <string_view>

#include "model/config.h"

namespace rmt::model {

/// Reads the model types gpt2, llama, mistral, qwen2 and bert, in the spelling of transformers 4 and 5,
/// with the defaults of its configuration classes. `where` names the text in messages.
/// Throws Error: unsupported (another type, or an option that would change the computation, named),
/// malformed (a missing or wrong field), and what validate() throws.
BackboneConfig read_hf_config(std::string_view json, const std::string& where);

/// A config.json that read_hf_config() and transformers read as this configuration. Throws Error(unsupported) for
/// what has no place there.
std::string write_hf_config(const BackboneConfig& config);

}  // namespace rmt::model
