#include "corpora/tokenizers/pre_tokenizer.h"

#include "corpora/tokenizers/word_scanner.h"

namespace rmt::corpora {

namespace {

template <class Words>
bool certain_end(const UnicodeClasses& classes, std::string_view text, size_t at) {
  const TextCursor cursor(text, classes);
  return Words::certain_end(cursor.at(at - code_point_before(text, at).bytes), cursor.at(at));
}

}  // namespace

std::string_view name(PreTokenizer kind) {
  switch (kind) {
    case PreTokenizer::gpt2: return "gpt2";
    case PreTokenizer::smollm: return "smollm";
    case PreTokenizer::llama3: return "llama3";
    case PreTokenizer::qwen2: return "qwen2";
  }
  return "";
}

std::optional<PreTokenizer> pre_tokenizer_of_gguf(std::string_view pre) {
  if (pre == "gpt-2" || pre == "roberta-bpe" || pre == "olmo") return PreTokenizer::gpt2;
  if (pre == "smollm" || pre == "smollm2" || pre == "starcoder") return PreTokenizer::smollm;
  if (pre == "llama-bpe" || pre == "llama3" || pre == "llama-v3") return PreTokenizer::llama3;
  if (pre == "qwen2" || pre == "deepseek-r1-qwen") return PreTokenizer::qwen2;
  return std::nullopt;
}

std::optional<PreTokenizer> pre_tokenizer_of_regex(std::string_view regex) {
  if (regex == R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)")
    return PreTokenizer::gpt2;
  if (regex ==
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)")
    return PreTokenizer::llama3;
  if (regex ==
      R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)")
    return PreTokenizer::qwen2;
  return std::nullopt;
}

size_t word_end(PreTokenizer kind, const UnicodeClasses& classes, std::string_view text, size_t from) {
  const TextCursor cursor(text, classes);
  switch (kind) {
    case PreTokenizer::gpt2: return Gpt2Words::word_end(cursor, from);
    case PreTokenizer::smollm: return SmollmWords::word_end(cursor, from);
    case PreTokenizer::llama3: return Llama3Words<3>::word_end(cursor, from);
    case PreTokenizer::qwen2: return Llama3Words<1>::word_end(cursor, from);
  }
  return text.size();
}

bool certain_word_end(PreTokenizer kind, const UnicodeClasses& classes, std::string_view text, size_t at) {
  switch (kind) {
    case PreTokenizer::gpt2: return certain_end<Gpt2Words>(classes, text, at);
    case PreTokenizer::smollm: return certain_end<SmollmWords>(classes, text, at);
    case PreTokenizer::llama3: return certain_end<Llama3Words<3>>(classes, text, at);
    case PreTokenizer::qwen2: return certain_end<Llama3Words<1>>(classes, text, at);
  }
  return false;
}

}  // namespace rmt::corpora
