#include "corpora/tokenizers/wordpiece.h"

#include "corpora/error.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;
using rmt::corpora::Errc;
using rmt::corpora::Error;
using rmt::corpora::TokenizerConfig;
using rmt::corpora::WordPiece;
using rmt::corpora::WordPieceSpec;

namespace {

WordPiece small(std::vector<std::string> pieces, size_t longest_word = 100) {
  WordPieceSpec spec;
  spec.pieces = {"[UNK]"};
  spec.pieces.insert(spec.pieces.end(), pieces.begin(), pieces.end());
  spec.longest_word = longest_word;
  return WordPiece(spec, "vocab");
}

std::vector<int32_t> ids(const Tokenizer& tokenizer, const std::string& text) {
  return encoded(tokenizer, text).ids;
}

using Ids = std::vector<int32_t>;

}  // namespace

TEST_CASE("the longest piece from the left, or the unknown piece for the whole word") {
  const WordPiece tokenizer = small({"a", "ab", "##c", "##cd", "##d", "."});
  CHECK(ids(tokenizer, "abcd") == Ids{2, 4});
  CHECK(ids(tokenizer, "abcc") == Ids{2, 3, 3});
  CHECK(ids(tokenizer, "ABC.") == Ids{2, 3, 6});
  CHECK(ids(tokenizer, "abx a") == Ids{0, 1});
  CHECK(ids(tokenizer, "\u00e1b") == Ids{2});
  CHECK(ids(tokenizer, " \t ").empty());
}

TEST_CASE("words of more characters than the vocabulary allows are unknown") {
  const WordPiece tokenizer = small({"a", "##a"}, 3);
  CHECK(ids(tokenizer, "aaa") == Ids{1, 2, 2});
  CHECK(ids(tokenizer, "aaaa") == Ids{0});
}

TEST_CASE("tokens cover what was taken away between them") {
  const WordPiece tokenizer = small({"a", "##b", "e"});
  CHECK(encoded(tokenizer, "  ab \x01 e\u0301 \n").bytes == std::vector<uint32_t>{3, 1, 8});
}

TEST_CASE("a vocab.txt is the same tokenizer as a tokenizer.json with its pieces") {
  const auto json = fixture_tokenizer("bert");
  std::string lines;
  for (size_t i = 0; i < json->vocab_size(); ++i)
    lines += json->piece(static_cast<int32_t>(i)) + (i % 2 ? "\r\n" : "\n");
  const WordPiece text(rmt::corpora::read_vocab_txt(lines, {}, "vocab.txt"), "vocab.txt");
  CHECK(text.fingerprint() == json->fingerprint());
  CHECK(text.specials().cls == 2);
  CHECK(text.specials().mask == json->specials().mask);
  CHECK(text.specials().bos == std::nullopt);
  TokenizerConfig cased;
  cased.lower_case = false;
  const WordPiece other(rmt::corpora::read_vocab_txt(lines, cased, "vocab.txt"), "vocab.txt");
  CHECK(other.fingerprint() == fixture_tokenizer("bert-cased")->fingerprint());
}

TEST_CASE("decoding reads like a text") {
  const WordPiece tokenizer = small({"the", "segment", "##s", ".", "do", "n", "'", "t"});
  CHECK(tokenizer.decode(Ids{1, 2, 3, 4}) == "the segments.");
  CHECK(tokenizer.decode(Ids{0, 1}) == "[UNK] the");
  CHECK(tokenizer.decode({}) == "");
}

TEST_CASE("vocabularies that cannot work are refused") {
  CHECK_THROWS_WITH_AS(small({"a", "b", "a"}), "vocab: ids 1 and 3 are both the piece \"a\"", Error);
  WordPieceSpec spec;
  spec.pieces = {"a"};
  CHECK_THROWS_WITH_AS(WordPiece(spec, "vocab"), doctest::Contains("lacks \"[UNK]\""), Error);
  CHECK_THROWS_AS(rmt::corpora::read_vocab_txt("", {}, "vocab.txt"), Error);
}
