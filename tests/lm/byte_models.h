// Models whose right answer is known, over a vocabulary of bytes: what the evaluation's tests run on.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/tokenizer.h"
#include "model/backbone.h"
#include "model/rmt/decoder.h"

namespace rmt::tests {

/// Byte-level BPE without merges: id = byte. With `special` one piece more, 256, as BOS and EOS.
std::unique_ptr<const corpora::Tokenizer> byte_tokenizer(bool special = false);

/// A next-byte distribution for every byte before, as logits.
using ByteLogits = std::array<std::array<double, 256>, 256>;

/// No layers at all: embedding, final norm and head are made so that the logits after byte t are
/// logits[t], whatever came before it.
std::map<std::string, at::Tensor> markov_weights(model::Architecture architecture, const ByteLogits& logits);
model::BackboneConfig markov_config(model::Architecture architecture);
std::shared_ptr<const model::Backbone> markov_backbone(model::Architecture architecture, const ByteLogits& logits);

/// Two layers of random weights: no meaning, but every token before matters.
model::BackboneConfig small_config(model::Architecture architecture, int64_t vocab_size = 256);
std::shared_ptr<const model::Backbone> random_backbone(model::Architecture architecture, int64_t vocab_size = 256);

/// Around a backbone, with a memory drawn from a seed.
model::RmtDecoder small_decoder(std::shared_ptr<const model::Backbone> backbone, int64_t memory_tokens,
                                int64_t segment_length);

struct Text {
  std::string id, text;
  std::string error;  ///< not empty: reading fails with it at the end of the text
};

/// Documents from memory, handed out in chunks of at most `chunk` bytes (whole characters).
std::unique_ptr<corpora::DocumentReader> text_reader(std::vector<Text> texts, size_t chunk = 1000);

/// Printable ASCII with words and lines, the same for the same seed.
std::string random_text(size_t bytes, uint64_t seed);

}  // namespace rmt::tests
