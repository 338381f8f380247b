// The promise that makes streaming exact: where safe_prefix() cuts, encoding the parts is encoding the
// whole, whatever comes after.
#include <algorithm>

#include "corpora/token_stream.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;

namespace {

bool starts_code_point(const std::string& text, size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
}

bool parts_equal_whole(const Tokenizer& tokenizer, std::string_view text, size_t cut) {
  Tokens parts = encoded(tokenizer, text.substr(0, cut));
  tokenizer.encode(text.substr(cut), parts);
  const Tokens whole = encoded(tokenizer, text);
  return parts.ids == whole.ids && parts.bytes == whole.bytes;
}

// A text handed out in pieces of `size` code points.
class Pieces final : public rmt::corpora::TextSource {
 public:
  Pieces(const std::string& text, size_t size) : text_(text), size_(size) {}
  bool next(std::string& chunk) override {
    size_t end = from_;
    for (size_t i = 0; i < size_ && end < text_.size(); ++i) do
        ++end;
      while (!starts_code_point(text_, end));
    chunk = text_.substr(from_, end - from_);
    from_ = end;
    return !chunk.empty();
  }

 private:
  const std::string& text_;
  size_t size_, from_ = 0;
};

const std::string kContinuations[] = {"",     "a",      " a",     "  ",     "1",    "'s",        "'",
                                      "\n",   "\r\n",   "\u0301", "\u4e2d", "\t",   "##",        ".",
                                      "\x04", "\u00a0", "\n ",    "<tool>", "ool>", "e\u0301 x", "   \n x"};

}  // namespace

TEST_CASE("a text cut anywhere and continued is encoded as the whole") {
  for (const std::string& name : tokenizer_names()) {
    const auto tokenizer = fixture_tokenizer(name);
    size_t cuts = 0;
    for (const auto& [title, text] : fixture_texts()) {
      size_t last = 0;
      for (size_t end = 0; end <= text.size(); ++end) {
        if (!starts_code_point(text, end)) continue;
        const size_t cut = tokenizer->safe_prefix(std::string_view(text).substr(0, end));
        REQUIRE(cut <= end);
        if (cut == 0 || cut == last) continue;
        last = cut;
        ++cuts;
        CAPTURE(name);
        CAPTURE(title);
        CAPTURE(cut);
        CHECK(parts_equal_whole(*tokenizer, text, cut));
      }
    }
    CAPTURE(name);
    const bool whole_texts_only = name == "llama2" || name == "mapped";
    CHECK((whole_texts_only ? cuts == 0 : cuts > 80));
  }
}

TEST_CASE("a cut holds for every continuation") {
  for (const std::string& name : tokenizer_names()) {
    const auto tokenizer = fixture_tokenizer(name);
    for (const auto& [title, text] : fixture_texts()) {
      if (text.size() > 200) continue;
      for (size_t end = 0; end <= text.size(); ++end) {
        if (!starts_code_point(text, end)) continue;
        const std::string prefix = text.substr(0, end);
        const size_t cut = tokenizer->safe_prefix(prefix);
        if (cut == 0) continue;
        for (const std::string& continuation : kContinuations) {
          CAPTURE(name);
          CAPTURE(prefix);
          CAPTURE(continuation);
          CHECK(parts_equal_whole(*tokenizer, prefix + continuation, cut));
        }
      }
    }
  }
}

TEST_CASE("a stream gives the tokens of the whole text, however it is chunked") {
  for (const std::string& name : tokenizer_names()) {
    const auto tokenizer = fixture_tokenizer(name);
    for (const auto& [title, text] : fixture_texts()) {
      for (const size_t size : {size_t{1}, size_t{7}, size_t{100}}) {
        Pieces pieces(text, size);
        rmt::corpora::TokenStream stream(pieces, *tokenizer);
        Tokens streamed;
        while (stream.read(3, streamed)) {
        }
        CAPTURE(name);
        CAPTURE(title);
        CAPTURE(size);
        const Tokens whole = encoded(*tokenizer, text);
        CHECK(streamed.ids == whole.ids);
        CHECK(streamed.bytes == whole.bytes);
      }
    }
  }
}

TEST_CASE("a long text gives a cut near its end") {
  const std::string text = fixture_texts().at("sample.tex");
  for (const std::string name : {"gpt2", "smollm", "llama3", "qwen2", "neox", "bert", "bpe", "unigram"}) {
    CAPTURE(name);
    CHECK(fixture_tokenizer(name)->safe_prefix(text) > text.size() - 40);
  }
}

TEST_CASE("no cut inside of a word without end, and no time lost over it") {
  const std::string text(size_t{6} << 20, 'x');
  for (const std::string name : {"gpt2", "llama3", "bert"}) {
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    CHECK(tokenizer->safe_prefix(text) == 0);
    CHECK(tokenizer->safe_prefix("some words " + text) == 0);
    CHECK(tokenizer->safe_prefix(text + " and more words") > text.size());
  }
}
