// The tokenizer inside a GGUF file: where model/ (the file) and corpora/ (the tokenizer) meet.
#pragma once

#include <memory>
#include <string>

#include "corpora/tokenizer.h"
#include "model/weights/gguf_metadata.h"

namespace rmt::lm {

/// Byte-level BPE from the keys tokenizer.ggml.*. `where` names the file in messages.
/// Throws model::Error: not_found (a key), unsupported (another kind of tokenizer), malformed; and
/// corpora::Error(malformed) for a vocabulary that contradicts itself.
std::unique_ptr<const corpora::Tokenizer> gguf_tokenizer(const model::GgufMetadata& metadata, const std::string& where);

}  // namespace rmt::lm
