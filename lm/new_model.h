// A model that does not exist yet: a configuration, a vocabulary, and weights drawn from a seed, written as a Hugging
// Face folder that every command opens.
#pragma once

#include <cstdint>
#include <string>

#include "model/config.h"

namespace rmt::lm {

/// Writes config.json, model.safetensors and tokenizer.model into `folder`, which is made. `tokenizer` is the content
/// of a sentencepiece model, whose size becomes config's. Matrices are drawn from N(0, 0.02^2 * 768 / width) - GPT-2's
/// and BERT's 0.02 at their width -, norms start as 1, biases as 0. Throws model::Error, corpora::Error.
void write_new_model(const std::string& folder, model::BackboneConfig config, const std::string& tokenizer,
                     uint64_t seed);

}  // namespace rmt::lm
