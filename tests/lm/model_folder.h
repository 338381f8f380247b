// Small models as folders on disk, as Hugging Face writes them: for tests that open models by path.
#pragma once

#include <filesystem>

#include "tests/lm/byte_models.h"

namespace rmt::tests {

/// A Llama of two random layers with the byte tokenizer of 257 pieces; 600 positions.
void write_small_model(const std::filesystem::path& folder, uint64_t seed = 7, int64_t vocab_size = 257);

/// A model without layers that gives exactly these next-byte logits, for a vocabulary of 256.
void write_markov_model(const std::filesystem::path& folder, const ByteLogits& logits);

}  // namespace rmt::tests
