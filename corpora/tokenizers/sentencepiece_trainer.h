// Training a sentencepiece model on documents.
#pragma once

#include <cstdint>
#include <string>

#include "corpora/document.h"

namespace rmt::corpora {

struct SentencePieceTraining {
  enum class Model { bpe, unigram };
  Model model = Model::bpe;
  int32_t vocab_size = 8000;               ///< all pieces, the 256 bytes and the special ones among them
  double character_coverage = 0.9995;      ///< share of the text's characters that get pieces; the rest are bytes
  int64_t max_bytes = int64_t{256} << 20;  ///< of text read; the library holds it all, several times over
};

/// The content of a .model file. The model takes texts as they are (no normalization, no space put before
/// them, none removed) and spells what it has no piece for in bytes, so that decode(encode(text)) is the
/// text, but for U+2581, which sentencepiece takes for a space. Runs of spaces may be pieces. A line is
/// the unit of training: newlines and tabs are never part of a piece, but the bytes <0x0A> and <0x09>.
/// The same documents and options give the same model. Throws Error: mismatch where the text is too small
/// for the vocabulary or the vocabulary for the text's alphabet; and what the reader throws.
std::string train_sentencepiece(DocumentReader& documents, const SentencePieceTraining& options);

}  // namespace rmt::corpora
