// The ways of cutting a text into words before byte-level BPE, by their names in model files.
#pragma once

#include <optional>
#include <string_view>

#include "corpora/tokenizers/unicode_classes.h"

namespace rmt::corpora {

enum class PreTokenizer {
  gpt2,    ///< GPT-2, GPT-NeoX, RoBERTa
  smollm,  ///< SmolLM, StarCoder: numbers one character at a time, else as GPT-2
  llama3,  ///< Llama 3: numbers up to three digits, newlines apart
  qwen2,   ///< Qwen 2: as Llama 3, numbers one character at a time
};

/// "gpt2", "smollm", …
std::string_view name(PreTokenizer kind);

/// What a GGUF's `tokenizer.ggml.pre` means; nothing for a value this program does not know.
std::optional<PreTokenizer> pre_tokenizer_of_gguf(std::string_view pre);

/// The kind whose whole expression is `regex`, spelled as in the models' tokenizer.json.
std::optional<PreTokenizer> pre_tokenizer_of_regex(std::string_view regex);

/// Where the first word of text[from, …) ends, for tests and tables; the encoder inlines the scanners.
size_t word_end(PreTokenizer kind, const UnicodeClasses& classes, std::string_view text, size_t from);

/// Whether a word is certain to end at `at` (0 < at < text.size()), whatever lies outside of the two
/// characters it parts, with the text up to there cut into words as if it ended there.
bool certain_word_end(PreTokenizer kind, const UnicodeClasses& classes, std::string_view text, size_t at);

}  // namespace rmt::corpora
