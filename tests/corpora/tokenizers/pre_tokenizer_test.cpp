#include "corpora/tokenizers/pre_tokenizer.h"

#include <set>
#include <vector>

#include "corpora/tokenizers/code_point.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;
using rmt::corpora::PreTokenizer;
using rmt::corpora::UnicodeClasses;

namespace {

constexpr PreTokenizer kAll[] = {PreTokenizer::gpt2, PreTokenizer::smollm, PreTokenizer::llama3, PreTokenizer::qwen2};

std::vector<std::string> words(PreTokenizer kind, const std::string& text) {
  static const UnicodeClasses classes;
  std::vector<std::string> result;
  for (size_t from = 0, to; from < text.size(); from = to) {
    to = rmt::corpora::word_end(kind, classes, text, from);
    REQUIRE(to > from);
    REQUIRE(to <= text.size());
    result.push_back(text.substr(from, to - from));
  }
  return result;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("words of GPT-2") {
  const auto cut = [](const std::string& text) { return words(PreTokenizer::gpt2, text); };
  CHECK(cut("It's 2024, isn't it?") == Words{"It", "'s", " 2024", ",", " isn", "'t", " it", "?"});
  CHECK(cut("a  b\n\n c ") == Words{"a", " ", " b", "\n\n", " c", " "});
  CHECK(cut("'S 'll'") == Words{"'", "S", " '", "ll", "'"});
  CHECK(cut("x\u00a0\u00a0y") == Words{"x", "\u00a0", "\u00a0", "y"});
}

TEST_CASE("words of SmolLM: numbers part even white space") {
  const auto cut = [](const std::string& text) { return words(PreTokenizer::smollm, text); };
  CHECK(cut("in 2024") == Words{"in", " ", "2", "0", "2", "4"});
  CHECK(cut("a   1") == Words{"a", "   ", "1"});
  CHECK(cut("a   b") == Words{"a", "  ", " b"});
  CHECK(cut("3'd") == Words{"3", "'d"});
}

TEST_CASE("words of Llama 3 and Qwen 2") {
  const auto cut = [](const std::string& text) { return words(PreTokenizer::llama3, text); };
  CHECK(cut("12345 (foo) HE'S") == Words{"123", "45", " (", "foo", ")", " HE", "'S"});
  CHECK(cut("end.\n\n  next\tword") == Words{"end", ".\n\n", " ", " next", "\tword"});
  CHECK(cut("a \n \n  b") == Words{"a", " \n \n", " ", " b"});
  CHECK(cut("it'\u017f") == Words{"it", "'\u017f"});
  CHECK(words(PreTokenizer::qwen2, "123 a") == Words{"1", "2", "3", " a"});
}

TEST_CASE("a certain end is one, and the words before it stay as they are") {
  const UnicodeClasses classes;
  for (const PreTokenizer kind : kAll) {
    size_t certain = 0;
    for (const auto& [title, text] : fixture_texts()) {
      std::set<size_t> ends;
      size_t end = 0;
      for (const std::string& word : words(kind, text)) ends.insert(end += word.size());
      for (size_t at = 1; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) continue;
        if (!rmt::corpora::certain_word_end(kind, classes, text, at)) continue;
        ++certain;
        CAPTURE(title);
        CAPTURE(at);
        CHECK(ends.contains(at));
        Words parts = words(kind, text.substr(0, at));
        for (const std::string& word : words(kind, text.substr(at))) parts.push_back(word);
        CHECK(parts == words(kind, text));
      }
    }
    CHECK(certain > 800);
  }
}

TEST_CASE("names in model files") {
  using rmt::corpora::pre_tokenizer_of_gguf;
  CHECK(pre_tokenizer_of_gguf("gpt-2") == PreTokenizer::gpt2);
  CHECK(pre_tokenizer_of_gguf("smollm") == PreTokenizer::smollm);
  CHECK(pre_tokenizer_of_gguf("llama-bpe") == PreTokenizer::llama3);
  CHECK(pre_tokenizer_of_gguf("qwen2") == PreTokenizer::qwen2);
  CHECK(!pre_tokenizer_of_gguf("default"));
  CHECK(!rmt::corpora::pre_tokenizer_of_regex("\\w+"));
  for (const PreTokenizer kind : kAll) CHECK(name(kind) != "");
}

TEST_CASE("classes of code points") {
  const UnicodeClasses classes;
  using namespace rmt::corpora;
  CHECK(classes('a') == kLetter);
  CHECK(classes('7') == kNumber);
  CHECK(classes(' ') == kSpace);
  CHECK(classes('\n') == (kSpace | kInvisible));
  CHECK(classes('.') == kPunctuation);
  CHECK(classes('$') == 0);
  CHECK(classes(0x0301) == kNonspacingMark);
  CHECK(classes(0x4e2d) == kLetter);
  CHECK(classes(0xac00) == kLetter);
  CHECK(classes(0x2028) == kSpace);
  CHECK(classes(0x200b) == kInvisible);
  CHECK(classes(0xe000) == kInvisible);
  CHECK(classes(0x10fffd) == kInvisible);
  CHECK(classes(0x10ffff) == 0);
  CHECK(classes(0x50000) == 0);
  CHECK(classes(0xe0041) == kInvisible);
  CHECK(classes(kNoCodePoint) == 0);
}
