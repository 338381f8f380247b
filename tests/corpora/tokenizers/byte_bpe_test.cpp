#include "corpora/tokenizers/byte_bpe.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <thread>

#include "corpora/error.h"
#include "corpora/tokenizers/byte_alphabet.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;
using rmt::corpora::AddedToken;
using rmt::corpora::ByteAlphabet;
using rmt::corpora::ByteBpe;
using rmt::corpora::ByteBpeSpec;
using rmt::corpora::Errc;
using rmt::corpora::Error;

namespace {

// All bytes but those left out, then the pieces of the merges.
ByteBpeSpec small_spec(std::vector<std::string> merges, const std::string& without = "") {
  const ByteAlphabet alphabet;
  ByteBpeSpec spec;
  for (int byte = 0; byte < 256; ++byte)
    if (without.find(static_cast<char>(byte)) == std::string::npos)
      spec.pieces.push_back(alphabet.spelling(static_cast<unsigned char>(byte)));
  for (const std::string& merge : merges) {
    std::string piece = merge;
    piece.erase(piece.find(' '), 1);
    spec.pieces.push_back(piece);
  }
  spec.merges = std::move(merges);
  return spec;
}

std::vector<std::string> pieces_of(const Tokenizer& tokenizer, const std::string& text) {
  std::vector<std::string> pieces;
  for (const int32_t id : encoded(tokenizer, text).ids) pieces.push_back(tokenizer.piece(id));
  return pieces;
}

using Pieces = std::vector<std::string>;

// Byte-pair encoding as its definition says it, for one word of ASCII letters.
Pieces merged_slowly(const std::string& word, const std::vector<std::string>& merges) {
  Pieces pieces;
  for (const char c : word) pieces.emplace_back(1, c);
  for (;;) {
    size_t best_rank = merges.size(), best = 0;
    for (size_t i = 0; i + 1 < pieces.size(); ++i) {
      const auto found = std::find(merges.begin(), merges.end(), pieces[i] + " " + pieces[i + 1]);
      const auto rank = static_cast<size_t>(found - merges.begin());
      if (rank < best_rank) best_rank = rank, best = i;
    }
    if (best_rank == merges.size()) return pieces;
    pieces[best] += pieces[best + 1];
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

std::string refusal(ByteBpeSpec spec) {
  try {
    ByteBpe(std::move(spec), "vocab");
  } catch (const Error& error) {
    CHECK(error.code() == Errc::malformed);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the earliest merge goes first, the leftmost of equals") {
  const ByteBpe bpe(small_spec({"b c", "a b", "a a", "aa a"}), "vocab");
  CHECK(pieces_of(bpe, "abc") == Pieces{"a", "bc"});
  CHECK(pieces_of(bpe, "abab") == Pieces{"ab", "ab"});
  CHECK(pieces_of(bpe, "aaaaa") == Pieces{"aa", "aaa"});
}

TEST_CASE("words of every length are merged as by the definition") {
  const std::vector<std::string> merges{"a b",   "b a",   "ab a",  "c c",   "ab ab",
                                        "cc ab", "aba c", "cc cc", "ba ba", "abab abab"};
  const ByteBpe bpe(small_spec(merges), "vocab");
  std::mt19937 random(3);
  for (size_t length = 1; length < 150; ++length) {
    std::string word;
    while (word.size() < length) word.push_back("aabbc"[random() % 5]);
    CAPTURE(word);
    CHECK(pieces_of(bpe, word) == merged_slowly(word, merges));
  }
}

TEST_CASE("a word of megabytes takes no more than n log n steps") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  std::string word;
  while (word.size() < (size_t{2} << 20)) word += "themorelongwordthereisthemore";
  const auto start = std::chrono::steady_clock::now();
  const Tokens tokens = encoded(*tokenizer, word);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  CHECK(covered_bytes(tokens) == word.size());
  CHECK(tokens.size() < word.size() * 2 / 3);
  CHECK(taken.count() < 20);  // quadratic work would take hours
}

TEST_CASE("one tokenizer serves several threads") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  std::string text;
  for (const auto& [title, part] : fixture_texts()) text += part;
  const Tokens expected = encoded(*tokenizer, text);
  std::vector<Tokens> results(4);
  std::vector<std::thread> threads;
  for (Tokens& result : results)
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        result.clear();
        tokenizer->encode(text, result);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const Tokens& result : results) {
    CHECK(result.ids == expected.ids);
    CHECK(result.bytes == expected.bytes);
  }
}

TEST_CASE("the word cache changes nothing, whatever it met before") {
  const auto warm = fixture_tokenizer("llama3");
  std::mt19937 random(5);
  std::string noise;  // more different words than the cache holds
  for (int i = 0; i < 200000; ++i)
    noise += std::string(1, ' ') + "abcdefghijklmnop"[random() % 16] + std::to_string(random());
  encoded(*warm, noise);
  for (const auto& [title, text] : fixture_texts()) {
    CAPTURE(title);
    CHECK(encoded(*warm, text).ids == expected_ids()["llama3"][title].get<std::vector<int32_t>>());
    CHECK(encoded(*warm, text).bytes == encoded(*fixture_tokenizer("llama3"), text).bytes);
  }
}

TEST_CASE("a byte without a piece is covered by a neighbour") {
  const ByteBpe bpe(small_spec({"a b"}, "\x04\xf1"), "vocab");
  const auto bytes = [&](const std::string& text) { return encoded(bpe, text).bytes; };
  CHECK(pieces_of(bpe,
                  "a\x04"
                  "b") == Pieces{"a", "b"});  // three words
  CHECK(bytes("a\x04"
              "b") == std::vector<uint32_t>{2, 1});
  CHECK(bytes("\x04\x04"
              "ab") == std::vector<uint32_t>{4});
  CHECK(bytes("ab \x04") == std::vector<uint32_t>{2, 2});
  CHECK(bytes("\xf1\x80\x80\x80") == std::vector<uint32_t>{2, 1, 1});
  CHECK(bytes("\x04").empty());
  CHECK(bpe.info().loses == "2 byte values that have no piece");
  // No cut may part such a byte from the token that covers it.
  CHECK(bpe.safe_prefix("ab \x04 ab") == 2);
  CHECK(bpe.safe_prefix("ab\x04 ") == 0);
}

TEST_CASE("added tokens are found before words, the longest first; special ones are plain text") {
  ByteBpeSpec spec = small_spec({});
  const auto add = [&](const std::string& text, bool special) {
    spec.added.push_back({static_cast<int32_t>(spec.pieces.size()), text, special});
    spec.pieces.push_back(text);
  };
  add("<a>", false);
  add("<a><b>", false);
  add("<end>", true);
  const ByteBpe bpe(spec, "vocab");
  CHECK(pieces_of(bpe, "x<a><b>y<a>") == Pieces{"x", "<a><b>", "y", "<a>"});
  CHECK(pieces_of(bpe, "<end>").size() == 5);
  CHECK(bpe.decode(std::vector<int32_t>{258, 256}) == "<end><a>");
}

TEST_CASE("no cut inside of what may become an added token") {
  ByteBpeSpec spec = small_spec({});
  spec.added.push_back({256, "d e f", false});
  spec.pieces.push_back("d e f");
  const ByteBpe bpe(spec, "vocab");
  CHECK(bpe.safe_prefix("word is") == 4);
  CHECK(bpe.safe_prefix("word e") == 0);
  CHECK(bpe.safe_prefix("word ") == 0);
  CHECK(bpe.safe_prefix("one word e") == 3);
  CHECK(bpe.safe_prefix("one word e ") == 3);
  CHECK(bpe.safe_prefix("one word e g") == 10);
}

TEST_CASE("vocabularies that contradict themselves are refused, with the place") {
  ByteBpeSpec spec = small_spec({"a b"});
  spec.pieces.push_back("ab");
  CHECK(refusal(spec) == "vocab: ids 256 and 257 are both the piece \"ab\"");

  spec = small_spec({"a b"});
  spec.merges.push_back("ab q\xc4\xa0");
  CHECK(refusal(spec).find("merge 1 (\"ab q\xc4\xa0\") needs the piece \"q\xc4\xa0\"") != std::string::npos);

  for (const std::string merge : {"ab", "a b c", ""}) {
    spec = small_spec({"a b"});
    spec.merges.push_back(merge);
    CHECK(refusal(spec).find("is not two pieces and a space") != std::string::npos);
  }

  spec = small_spec({});
  spec.pieces.push_back("\u4e2d");
  CHECK(refusal(spec).find("piece 256 (\"\u4e2d\") is not written in GPT-2's byte alphabet") != std::string::npos);

  for (const int32_t id : {-1, 256, std::numeric_limits<int32_t>::max()}) {
    spec = small_spec({});
    spec.added.push_back({id, "<x>", true});
    CHECK(refusal(spec).find("outside of a vocabulary of 256") != std::string::npos);
  }
}

TEST_CASE("a vocabulary without anything encodes nothing") {
  const ByteBpe bpe({}, "vocab");
  CHECK(bpe.vocab_size() == 0);
  CHECK(encoded(bpe, "some text").size() == 0);
  CHECK(bpe.safe_prefix("some text") == 0);
  CHECK(bpe.decode({}) == "");
}

TEST_CASE("no cut where the text ends inside of a code point") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  CHECK(tokenizer->safe_prefix("caf\xc3") == 0);  // "café" may follow
  CHECK(tokenizer->safe_prefix("one caf\xc3") == 3);
}

TEST_CASE("bytes that are no UTF-8 are bytes") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  const std::string text = "ok \xff\xfe\x80 \xe2\x82 \xf0\x9f\x98 end \xed\xa0\x80";
  CHECK(tokenizer->decode(encoded(*tokenizer, text).ids) == text);
}
